package hclconfig

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"golang.org/x/crypto/ssh"
)

const agePayout = `
  payout "p" {
    rows { path = "PATH" }
    key        = row.id
    amount     = row.sum
    user_id    = row.id
    card_token = row.token
  }
}
`

const ageRows = "id,sum,token\n1,10.00,ef741cfc-f85e-41a0-84e6-2ba964912182\n"

// sshKey makes a key of SSH and its recipient.
func sshKey(t *testing.T, passphrase string) ([]byte, age.Recipient) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if passphrase != "" {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(private, "", []byte(passphrase))
	}
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	to, err := agessh.NewEd25519Recipient(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(block), to
}

func armored(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := armor.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEncryptedRows(t *testing.T) {
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	passphrase, err := age.NewScryptRecipient("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	passphrase.SetWorkFactor(10)
	sshMine, sshTo := sshKey(t, "")
	sshLocked, _ := sshKey(t, "secret")
	plain := []byte(ageRows)
	sealed := encryptFor(t, plain, mine.Recipient())
	for name, tt := range map[string]struct {
		file     []byte
		path     string // rows.csv.age
		identity []byte // the file of -identity
		env      string
		want     string // "" = it is read
	}{
		"file":                 {file: sealed, identity: []byte("# a comment\n" + mine.String() + "\n")},
		"armoured":             {file: armored(t, sealed), identity: []byte(mine.String())},
		"one of two":           {file: sealed, identity: []byte(other.String() + "\n" + mine.String())},
		"ssh":                  {file: encryptFor(t, plain, sshTo), identity: sshMine},
		"environment, key":     {file: sealed, env: mine.String()},
		"environment, path":    {file: sealed, env: "keys/mine.txt"},
		"file wins":            {file: sealed, identity: []byte(mine.String()), env: other.String()},
		"none":                 {file: sealed, want: "No key for an encrypted file; rows.csv.age is encrypted, and no key is given. Write -identity=FILE"},
		"another":              {file: sealed, identity: []byte(other.String()), want: "encrypted for other keys than those of -identity"},
		"another, environment": {file: sealed, env: other.String(), want: "encrypted for other keys than those of PAYRUN_AGE_IDENTITY"},
		"passphrase":           {file: encryptFor(t, plain, passphrase), identity: []byte(mine.String()), want: "encrypted with a passphrase"},
		"cut":                  {file: sealed[:len(sealed)-5], identity: []byte(mine.String()), want: "it is damaged or incomplete"},
		"flipped":              {file: append(bytes.Clone(sealed[:len(sealed)-1]), sealed[len(sealed)-1]^1), identity: []byte(mine.String()), want: "it is damaged or incomplete"},
		"header only":          {file: []byte("age-encryption.org/v1\n"), identity: []byte(mine.String()), want: "it is damaged or incomplete"},
		"armour only":          {file: []byte(armor.Header + "\n"), identity: []byte(mine.String()), want: "it is damaged or incomplete"},
		"plain":                {file: plain, identity: []byte(mine.String()), want: "says that it is encrypted, and it is not"},
		"named plain":          {file: sealed, path: "rows.csv", identity: []byte(mine.String()), want: "is encrypted, and its name does not say so"},
		"armoured, plain name": {file: armored(t, sealed), path: "rows.csv", want: "is encrypted, and its name does not say so"},
		"no key in the file":   {file: sealed, identity: []byte("canary-secret-value"), want: "holds no key of age"},
		"locked ssh key":       {file: sealed, identity: sshLocked, want: "the SSH key of -identity has a passphrase"},
		"broken ssh key":       {file: sealed, identity: []byte("-----BEGIN OPENSSH PRIVATE KEY-----\ncanary-secret-value"), want: "the SSH key of -identity cannot be read"},
		"encrypted key":        {file: sealed, identity: sealed, want: "the key of -identity is encrypted itself"},
		"no file":              {file: sealed, env: "nothere.txt", want: "the file of PAYRUN_AGE_IDENTITY cannot be read"},
		"mistyped key":         {file: sealed, env: identityPrefix + "1CANARYCANARY", want: "PAYRUN_AGE_IDENTITY holds no key of age"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := tt.path
			if path == "" {
				path = "rows.csv.age"
			}
			write(t, dir, path, string(tt.file))
			write(t, dir, "main.hcl", benchHead+strings.Replace(agePayout, "PATH", path, 1))
			opts := Options{Dir: dir}
			if tt.env != "" {
				opts.Env = []string{identityName + "=wrong", identityName + "=" + tt.env}
			}
			if tt.identity != nil {
				opts.IdentityFile = filepath.Join(t.TempDir(), "key.txt")
				write(t, filepath.Dir(opts.IdentityFile), "key.txt", string(tt.identity))
			}
			if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
				t.Fatal(err)
			}
			write(t, dir, "keys/mine.txt", mine.String())
			cfg, sources, diags := Load(opts)
			noSecrets(t, sources, diags)
			got := show(diags)
			for _, secret := range []string{mine.String(), other.String(), "CANARY", "canary"} {
				if strings.Contains(got, secret) {
					t.Errorf("a key is shown: %s", got)
				}
			}
			if tt.want != "" {
				if !strings.Contains(got, tt.want) {
					t.Errorf("got %s want %s", got, tt.want)
				}
				return
			}
			if diags.HasErrors() {
				t.Fatal(got)
			}
			if n := len(cfg.Inputs); n != 2 || len(cfg.Batches[0].Payouts) != 1 {
				t.Errorf("%d inputs: the key is no input of a plan", n)
			}
		})
	}
}
