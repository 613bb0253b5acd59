// Package statefile keeps the ledger on disk: one JSON state file, a journal
// of what happened since it was written, and a lock that lets one run at a
// time change them.
//
// # What it owns
//
//   - the format of the state, PATH: JSON, one payout a line, with a digest
//     over its RFC 8785 bytes;
//   - the format of the journal, PATH.journal.NNNN: lines of
//     `LENGTH CRC32C JSON`, written in groups, each line naming the SHA-256 of
//     the line before it;
//   - the lock file, PATH.lock, held by flock and never removed;
//   - replay, the reading of what a crash left, and verification.
//
// # What it never does
//
// It sends nothing, prints nothing, logs nothing and decides nothing about
// money: which transition is legal is the business of planner/payout. It knows
// no configuration, no gateway and no executor. No secret, whole card token or
// account number reaches it, and so none reaches the disk.
//
// # Example
//
//	store := &statefile.Local{Path: "payouts.state.json", Version: "0.1.0"}
//	lock, err := store.Lock(ctx, statefile.LockInfo{Who: "aigul", Command: "apply"}, 0)
//	if err != nil {
//		return err // *LockedError names the holder
//	}
//	defer lock.Release()
//	snap, err := store.Load(ctx)
//	if err != nil {
//		return err
//	}
//	run, err := store.Open(lock, snap)
//	if err != nil {
//		return err
//	}
//	defer run.Close()
//	err = run.Begin(intent) // durable before it returns
//
// # Invariants
//
//   - What Begin, End or Note acknowledged is found by the next Load, whatever
//     happens to the process or the machine in between.
//   - The ledger of a Recorder equals the state plus the replay of the
//     journal, at every moment.
//   - A checkpoint opens the next segment, then writes the state, then deletes
//     the old segments. Nothing is truncated while a run may append.
//   - An fsync that failed ends appending in this process: no second try on
//     any descriptor, because the kernel may have dropped the pages.
//   - A changed byte is found. Damage in the last group of the journal cannot
//     be told from a crash: it is reported, the state is not proven, and
//     look-ups decide. Damage anywhere else is an error naming file and line.
//   - Load changes nothing on disk and needs no lock.
package statefile
