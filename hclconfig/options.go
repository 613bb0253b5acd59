package hclconfig

// Options say what to load. The zero value loads the current directory with no
// values for variables.
type Options struct {
	// Dir is the directory of the configuration; "" is the current one.
	Dir string
	// Env is an environment as os.Environ gives it, "NAME=value" each. Only
	// names that begin with PAYRUN_VAR_ are looked at, and PAYRUN_AGE_IDENTITY:
	// a key that opens encrypted row files, or the path of a file of keys,
	// relative to Dir.
	Env []string
	// IdentityFile is a file of keys that open encrypted row files, of age or of
	// SSH, opened as given; it wins over Env. It is read only when some row file
	// is encrypted.
	IdentityFile string
	// VarFiles are files of values (*.vars.hcl, *.vars.json), opened as given;
	// a later one wins, and each wins over Env.
	VarFiles []string
	// VarFlags are values written "name=value"; a later one wins, and each wins
	// over VarFiles.
	VarFlags []string
	// Version is the program's own version, such as "0.1.0", for
	// required_version; "" leaves that unchecked.
	Version string

	run *TestRun // see TestRun.Options
}

// Bounds of what is read. Hostile input meets one of them and ends in a
// diagnostic, never in a crash.
const (
	MaxFileBytes     = 64 << 20  // a configuration or variable file, a file() call
	MaxRowsFileBytes = 512 << 20 // a row file
	MaxFiles         = 10_000    // configuration files in one directory
	MaxNesting       = 256       // brackets and templates inside each other
	MaxOperators     = 5_000     // operators that one expression may pile up
	MaxRows          = 2_000_000 // rows of one file
	MaxColumns       = 1_000     // columns of one row
	MaxCellBytes     = 32 << 10  // one cell
	MaxElements      = 1_000_000 // elements of for_each, or of one value
	MaxListElements  = 10_000    // elements of one value that become a list
	MaxTextBytes     = 64 << 20  // text of one value
	MaxNumberBits    = 4_096     // magnitude of a number, as a power of two
	maxKinds         = 100       // kinds of problems that are told of one payout block
	maxCardsTold     = 20        // card numbers that are told of one file
	maxKeysTold      = 100       // keys that are told to stand twice
	maxNamedPlaces   = 5         // rows that one diagnostic names
)
