package examples

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

// Files of examples that no text editor writes are made here, so that a person
// can read in a review what they hold. UPDATE=1 writes those that differ.

// paySheet is the payroll as 1C saves it: a title, a total, decimal commas. An
// underscore stands for a space that does not break.
const paySheet = `"ТОО ""Пример""";;;
Ведомость на выплату;;;
Табельный номер;Сотрудник;К выплате;Токен карты
0101;Серикова Айгерим;471_000,00;32833106-536e-45df-80b2-d002cc92d33d
0102;Касымов Данияр;198_000,00;f08db22f-d293-456a-b170-fab23d90fbac
0103;Тулегенова Мадина;267_025,00;f3faa8e8-79ea-4723-8ad5-cfbc1d74bd1c
0104;Абенов Нурлан;503_000,50;3ce1268c-9c80-42e3-bfec-3fee8ed2305d
0105;Жумабаева Алия;534_025,00;a93f32a9-a172-4102-8e4e-dc90253d9e30
0106;Оспанов Ерлан;380_000,50;47aa2dba-d9e2-4c8d-809f-001680289e32
0107;Ахметова Сауле;486_000,00;7f453a0e-f509-4b4f-95de-6e91074206e2
0108;Искаков Тимур;478_000,00;30f47f35-d038-4cfb-8add-40e92c34bf1c
0109;Бекова Гульнара;573_025,00;63783933-d5f0-4510-bf6a-f8af81df6383
0110;Садыков Болат;245_025,00;1e07ea63-524c-498f-94dc-77a72ed0d50a
Итого;;4_135_101,00;
`

// refundSheet is the list of refunds, one line a row and a comma between
// cells, all of them texts.
const refundSheet = `Refunds of the web shop
Return,Order,Customer,Buyer,To refund,Approved,Card token
R-0417,58213,40021,Aruzhan T.,12990.00,yes,42a68fec-c75a-43c4-8d0d-866b16519537
R-0418,58240,40377,Ilyas M.,4500.50,yes,39c0d032-3479-4347-b83b-ea5c88b224f0
R-0419,58251,40402,Kamila R.,89900.00,no,d86bb32f-14b9-4257-9266-ef64311275fc
R-0420,58266,40021,Aruzhan T.,3750.00,yes,42a68fec-c75a-43c4-8d0d-866b16519537
R-0421,58301,40519,Sanzhar B.,21300.00,yes,e6b1e07c-8f62-4cd6-b27d-b193333bd939
Total,,,,132440.50,,
`

// secretPay is what staff.csv.age holds.
const secretPay = `employee_id,name,net_pay,card_token
1,Director,2750000.00,89eb3061-b44a-424c-9866-f05870093d3e
2,Chief accountant,1180000.00,cd28d864-d6e8-4c6a-998f-69a0138851b0
3,Lead engineer,1425000.50,36480de2-bd5c-4366-b517-da60fb69e070
4,Office lead,640000.00,1677cffc-d988-47c6-9431-3a3bbe3e00fc
`

const exampleKey = "encrypted-payroll/EXAMPLE-KEY.txt"

func TestFilesThatAreMade(t *testing.T) {
	sheet := strings.ReplaceAll(strings.ReplaceAll(paySheet, "_", "\u00a0"), "\n", "\r\n")
	for _, one := range []struct {
		path, text string
		write      func(text string) ([]byte, error)
		read       func(data []byte) (string, error)
	}{
		{"payroll/vedomost.csv", sheet, toWindows1251, fromWindows1251},
		{"refunds/refunds.xlsx", refundSheet, toSheet, fromSheet},
		{"encrypted-payroll/staff.csv.age", secretPay, seal, unseal},
	} {
		got, err := readMade(one.path, one.read)
		if err == nil && got == one.text {
			continue
		}
		if os.Getenv("UPDATE") == "" {
			t.Errorf("%s holds other text than is written here (UPDATE=1 makes it): %v\n%s", one.path, err, got)
			continue
		}
		data, err := one.write(one.text)
		if err = errors.Join(err, os.WriteFile(one.path, data, 0o644)); err != nil {
			t.Error(err)
		}
	}
}

func readMade(path string, read func(data []byte) (string, error)) (string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return read(data)
}

func toWindows1251(text string) ([]byte, error) {
	return charmap.Windows1251.NewEncoder().Bytes([]byte(text))
}

func fromWindows1251(data []byte) (string, error) {
	text, err := charmap.Windows1251.NewDecoder().Bytes(data)
	return string(text), err
}

func toSheet(text string) ([]byte, error) {
	f := excelize.NewFile()
	err := f.SetSheetName("Sheet1", "Refunds")
	y := 0
	for line := range strings.Lines(text) {
		y++
		for x, cell := range strings.Split(strings.TrimSuffix(line, "\n"), ",") {
			name, wrong := excelize.CoordinatesToCellName(x+1, y)
			err = errors.Join(err, wrong)
			if cell != "" {
				err = errors.Join(err, f.SetCellStr("Refunds", name, cell))
			}
		}
	}
	var b bytes.Buffer
	err = errors.Join(err, f.Write(&b), f.Close())
	return b.Bytes(), err
}

// fromSheet reads a spreadsheet back, and holds it to cells that are texts: a
// spreadsheet keeps a number as a binary fraction.
func fromSheet(data []byte) (string, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return "", err
	}
	rows, err := f.GetRows("Refunds")
	var b strings.Builder
	for y, row := range rows {
		for x := range row {
			name, _ := excelize.CoordinatesToCellName(x+1, y+1)
			if kind, wrong := f.GetCellType("Refunds", name); row[x] != "" && kind != excelize.CellTypeSharedString {
				err = errors.Join(err, wrong, fmt.Errorf("%s is no text", name))
			}
		}
		for y > 0 && len(row) < len(rows[1]) {
			row = append(row, "") // empty cells at the end are not kept
		}
		b.WriteString(strings.Join(row, ",") + "\n")
	}
	return b.String(), errors.Join(err, f.Close())
}

func identity() (*age.X25519Identity, error) {
	text, err := os.ReadFile(exampleKey)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "AGE-SECRET-KEY-") {
			return age.ParseX25519Identity(strings.TrimSpace(line))
		}
	}
	return nil, fmt.Errorf("%s holds no key", exampleKey)
}

func seal(text string) ([]byte, error) {
	id, err := identity()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, id.Recipient())
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(w, text)
	err = errors.Join(err, w.Close())
	return b.Bytes(), err
}

func unseal(data []byte) (string, error) {
	id, err := identity()
	if err != nil {
		return "", err
	}
	r, err := age.Decrypt(bytes.NewReader(data), id)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// The key is an example: its page and the file itself say so, and it opens
// nothing else.
func TestExampleKeyIsMarked(t *testing.T) {
	id, err := identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{exampleKey, "encrypted-payroll/README.md"} {
		text, err := os.ReadFile(path)
		if err != nil || !strings.Contains(strings.ToLower(string(text)), "example key") || !strings.Contains(string(text), id.Recipient().String()) {
			t.Errorf("%s does not say that this is an example key: %v", path, err)
		}
	}
}
