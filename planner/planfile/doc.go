// Package planfile is the saved plan: a JSON file that people approve and apply
// carries out, and the digest that names it.
//
// It owns the form of the file, its digest, and the words for what differs
// between two plans. It never decides what is paid, judges no limit, reads no
// clock, and never holds a label, a whole card token or a secret. Read and
// Write are its only input and output.
//
//	file := planfile.Build(plan, facts)
//	fmt.Println(file.Digest())
//	err := file.Write("payouts.plan")
//	...
//	saved, err := planfile.Read("payouts.plan")
//	for _, line := range planfile.Compare(saved, rebuilt) {
//		fmt.Println(line)
//	}
//
// Invariants:
//
//   - The same plan and facts give the same bytes on any machine.
//   - The digest is SHA-256 of the RFC 8785 bytes of the object without the
//     member "digest".
//   - Decode accepts what Encode writes and nothing else of this version: any
//     changed byte is an error.
//   - Where two digests differ, Compare says why.
package planfile
