package main

const (
	appendFile     = "statefile/append.go"
	saveFile       = "statefile/save.go"
	checkpointFile = "statefile/checkpoint.go"
	commitFile     = "statefile/commit.go"
	recorderFile   = "statefile/recorder.go"
	journalFile    = "statefile/journal.go"
	segmentFile    = "statefile/segment.go"
	openFile       = "statefile/open.go"
	localFile      = "statefile/local.go"
	lockFile       = "statefile/lock.go"
)

// durableSet drops what makes a record survive a power cut.
func durableSet() []mutation {
	return []mutation{
		{
			name: "fsync-of-a-record", why: "a power cut loses intents whose calls were made",
			edits: in(appendFile, "if err := a.file.SyncData(); err != nil {\n\t\treturn brokenBy(err)\n\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-a-new-segment", why: "a power cut leaves a journal without its beginning",
			edits: in(appendFile, "if err := a.file.Sync(); err != nil {\n\t\treturn brokenBy(err)\n\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-the-segments-folder", why: "a power cut takes the whole journal: its name was never durable",
			edits: in(appendFile, "if err := fsys.SyncDir(filepath.Dir(a.path)); err != nil {\n\t\treturn brokenBy(err)\n\t}\n\ta.remember()", "a.remember()"), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-the-state", why: "a power cut leaves an empty state where the journal is gone already",
			edits: in(saveFile, "if err := st.file.Sync(); err != nil {\n\t\treturn identity{}, s.discard(st, brokenBy(err))\n\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-the-states-folder", why: "a power cut brings the old state back where the journal is gone already",
			edits: in(saveFile, "if err := s.fs().SyncDir(filepath.Dir(s.Path)); err != nil {\n\t\treturn id, brokenBy(err)\n\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-a-removal", why: "a power cut brings one old segment back and not the one before it: the journal does not fit",
			edits: in(saveFile, "if err := s.fs().SyncDir(filepath.Dir(f.path)); err != nil {\n\t\t\treturn brokenBy(err)\n\t\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-of-torn-lines", why: "a power cut takes the only copy of the order ids that may have been sent",
			edits: in(openFile, "if err := f.Sync(); err != nil {\n\t\treturn fmt.Errorf(\"keep torn journal lines: %w\", err)\n\t}\n", ""), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "fsync-error-forgotten", why: "after a failed fsync the next one says that all is well, and it is not",
			edits: in(recorderFile, "if r.broken == nil {\n\t\t\tr.broken = err", "if r.broken == nil {\n\t\t\t_ = err"), tests: by("statefile", "TestFsyncErrorIsSticky"),
		},
		{
			name: "journal-truncated-under-a-writer", why: "a crash before the new state is in place loses what the old segment held",
			edits: in(checkpointFile, `_ = r.file.file.Close()`, "_ = r.file.file.Truncate(0)\n\t_ = r.file.file.Close()"), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "journal-removed-before-the-state", why: "a crash between the two loses a whole run",
			edits: in(checkpointFile, "r.remember(st)\n\tid, err := r.store.place(st, r.lock)", "r.remember(st)\n\t_ = r.store.removeSegments(old)\n\tid, err := r.store.place(st, r.lock)"), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "state-written-in-place", why: "a crash in the middle of a save leaves half a state",
			edits: in(saveFile, `func tempPath(path string) string { return path + ".tmp" }`, `func tempPath(path string) string { return path }`), tests: by("statefile", "TestOrderOfDurability"),
		},
		{
			name: "counted-before-durable", why: "a record counts that never reached the disk",
			edits: in(commitFile, "if err := r.file.append(contents(group)); err != nil {\n\t\trefuse(group, r.fail(err))\n\t\treturn\n\t}\n\tr.applyAll(group)",
				"lines := contents(group)\n\tr.applyAll(group)\n\tif err := r.file.append(lines); err != nil {\n\t\t_ = r.fail(err)\n\t}"), tests: by("statefile", "TestFsyncErrorIsSticky"),
		},
		{
			name: "two-of-one-order-id-in-a-group", why: "two payouts begin under one order id at the same moment",
			edits: in(commitFile, "if touched[key] {\n\t\t\treturn false", "if touched[key] {\n\t\t\treturn true"), tests: by("statefile", "TestGroupTouchesNothingTwice"),
		},
		{
			name: "space-not-kept", why: "a full disk is met after the money has left, when its result has no room",
			edits: in(commitFile, `err = r.file.ensure(need)`, `err = r.file.ensure(need - spareBytes)`), tests: by("statefile", "TestBeginKeepsRoomForResults"),
		},
	}
}

// replaySet breaks how state and journal are read back.
func replaySet() []mutation {
	return []mutation{
		{
			name: "replay-twice", why: "the last record that the state covers is applied again",
			edits: in(journalFile, `if e.Seq <= doc.sequence {`, `if e.Seq < doc.sequence {`), tests: by("statefile", "TestReplaySkipsWhatTheStateCovers"),
		},
		{
			name: "replay-loses-one", why: "the first record after a checkpoint is lost, and its payout is paid again",
			edits: in(journalFile, `if e.Seq <= doc.sequence {`, `if e.Seq <= doc.sequence+1 {`), tests: by("statefile", "TestReplaySkipsWhatTheStateCovers"),
		},
		{
			name: "digest-not-checked", why: "a state that was edited by hand counts",
			edits: in("statefile/read.go", `if err == nil && doc.intact() {`, `if err == nil {`), tests: by("statefile", "TestVerifyFinds"),
		},
		{
			name: "crc-not-checked", why: "a flipped bit in the journal is another amount",
			edits: in("statefile/line.go", `crc32.Checksum(data[prefixBytes:end], crcTable) != sum {`, `crc32.Checksum(data[prefixBytes:end], crcTable) != sum && false {`), tests: by("statefile", "TestCutLineRefusesEveryFlippedBit"),
		},
		{
			name: "chain-not-checked", why: "a line of another journal counts",
			edits: in(segmentFile, `case e.Prev != r.last:`, `case false:`), tests: by("statefile", "TestParseSegment"),
		},
		{
			name: "damage-counts-as-a-crash", why: "whole groups behind a damaged line are dropped as if nobody had sent them",
			edits: in(segmentFile, `err != nil || e.Group != r.group+1 {`, `err != nil || e.Group < 0 {`), tests: by("statefile", "TestParseSegment"),
		},
		{
			name: "half-a-group-counts", why: "records count whose end never reached the disk, in an order nobody checked",
			edits: in(segmentFile, `if e.End {`, `if e.Seq >= 0 {`), tests: by("statefile", "TestParseSegment"),
		},
		{
			name: "journal-of-another-state", why: "a journal is replayed over a state that it does not continue",
			edits: in(journalFile, `case !over && !replaced:`, `case !over && !replaced && h.BaseSerial < 0:`), tests: by("statefile", "TestJournalsThatDoNotFit"),
		},
		{
			name: "journal-with-a-gap", why: "a lost segment goes unnoticed, and its payouts are paid again",
			edits: in(journalFile, `case oldest.Seq > doc.sequence:`, `case false:`), tests: by("statefile", "TestJournalsThatDoNotFit"),
		},
		{
			name: "journal-without-its-state", why: "a journal without the state that it continues counts as the whole story",
			edits: in(journalFile, `if h.BaseSerial != 0 || oldest.Seq != 0 {`, `if h.BaseSerial != 0 && oldest.Seq == 0 {`), tests: by("statefile", "TestJournalsThatDoNotFit"),
		},
		{
			name: "torn-tail-is-proven", why: "a journal that lost its tail sends without looking everything up",
			edits: in(localFile, `reasons = append(reasons, "the journal lost its tail")`, `_ = reasons`), tests: by("statefile", "TestReasonsOutliveTheRun"),
		},
		{
			name: "missing-journal-is-proven", why: "a run whose journal is gone sends without looking everything up",
			edits: in(localFile, `reasons = append(reasons, "a run is marked open and its journal is missing")`, `_ = reasons`), tests: by("statefile", "TestOpenRunKeepsItsJournal"),
		},
		{
			name: "new-state-is-proven", why: "a lost state sends without looking everything up",
			edits: in(localFile, `reasons = append(reasons, "the state is new")`, `_ = reasons`), tests: by("statefile", "TestReasonsOutliveTheRun"),
		},
		{
			name: "unproven-forgotten-on-disk", why: "a crash makes a state proven that was not",
			edits: in(localFile, `reasons := append(slices.Clone(snap.saved), forced...)`, `reasons := slices.Clone(forced)`), tests: by("statefile", "TestReasonsOutliveTheRun"),
		},
		{
			name: "crash-leaves-sending", why: "a payout that may have been sent is never asked about",
			edits: in(openFile, `if a.Status() != payout.Sending {`, `if a.Status() != payout.InDoubt {`), tests: by("statefile", "TestReasonsOutliveTheRun"),
		},
		{
			name: "torn-intent-lost", why: "an order id that may have been sent is forgotten with the torn lines",
			edits: in(openFile, `if snap.Ledger.CheckBegin(in) == nil {`, `if snap.Ledger.CheckBegin(in) == nil && in.Attempt > 1 {`), tests: by("statefile", "TestReasonsOutliveTheRun"),
		},
		{
			name: "push-forgets-the-journal", why: "a mended state forgets what the journal says was sent",
			edits: in("statefile/push.go", "if err := adoptIntents(doc.ledger, all, s.Path); err != nil {\n\t\treturn err\n\t}\n", ""), tests: by("statefile", "TestPushKeepsWhatTheJournalSent"),
		},
		{
			name: "push-is-proven", why: "a state that a person pushed sends without looking everything up",
			edits: in("statefile/push.go", `doc.unproven = distinct(append(doc.unproven, "pushed: "+reason))`, `_ = reason`), tests: by("statefile", "TestPushMendsAHandEdit"),
		},
	}
}

// lockSet breaks the lock.
func lockSet() []mutation {
	return []mutation{
		{
			name: "lock-not-checked-at-begin", why: "a run whose lock is gone goes on sending beside another",
			edits: in(commitFile, `err = r.lock.Check()`, `_ = sends`), tests: by("statefile", "TestLostLock"),
		},
		{
			name: "lock-of-another-file", why: "two runs each hold a lock file of their own",
			edits: in(lockFile, `if !os.SameFile(info, l.own) {`, `if !os.SameFile(info, info) {`), tests: by("statefile", "TestLostLock"),
		},
		{
			name: "lock-misses-a-changed-state", why: "a checkout under a running apply is overwritten or sent from",
			edits: in(lockFile, `if id != *l.expected {`, `if id != id {`), tests: by("statefile", "TestLostLock"),
		},
		{
			name: "lock-found-again", why: "a lock that was lost counts again once it is back",
			edits: in(lockFile, "if l.lost != nil {\n\t\treturn l.lost\n\t}\n", ""), tests: by("statefile", "TestLostLockStaysLost"),
		},
		{
			name: "forced-lock-is-proven", why: "a lock that was forced leaves no mark, and the next run looks nothing up",
			edits: in("statefile/lockfile.go", `lock.content.Forced = append(lock.content.Forced, ForcedPrefix+reason)`, `_ = reason`), tests: by("statefile", "TestForceReleaseIsKeptUntilProven"),
		},
		{
			name: "forced-while-held", why: "a lock is forced that a living run holds",
			edits: in("statefile/lock.go", "if !ok {\n\t\treturn nil, nil\n\t}\n", "_ = ok\n"), tests: by("statefile", "TestAnotherProcessHoldsTheLock"),
		},
		{
			name: "old-snapshot-opens", why: "a run begins over a state that another has changed meanwhile",
			edits: in(openFile, "if err := s.checkCurrent(lock, snap); err != nil {\n\t\treturn nil, err\n\t}\n", ""), tests: by("statefile", "TestOpenRefusesStaleSnapshots"),
		},
		{
			name: "old-snapshot-saves", why: "a save overwrites what another program has recorded meanwhile",
			edits: in(saveFile, `if doc == nil || doc.serial != snap.Serial || doc.digest != snap.Digest {`, `if doc == nil {`), tests: by("statefile/statetest"),
		},
	}
}
