package hclconfig

import "github.com/hashicorp/hcl/v2"

// reservedBlocks are words of Terraform whose absence has a reason.
var reservedBlocks = []string{"resource", "data", "provider", "module", "terraform", "provisioner", "dynamic"}

// reservedAttributes are likewise refused by name wherever they stand.
var reservedAttributes = map[string]message{
	"count":       msgReservedCount,
	"iban":        msgReservedDestination,
	"card_number": msgReservedDestination,
	"secret_key":  msgReservedSecret,
	"depends_on":  msgReservedDependsOn,
}

var topSchema = &hcl.BodySchema{Blocks: append([]hcl.BlockHeaderSchema{
	{Type: "payrun"},
	{Type: "variable", LabelNames: []string{"name"}},
	{Type: "locals"},
	{Type: "merchant", LabelNames: []string{"name"}},
	{Type: "batch", LabelNames: []string{"name"}},
	{Type: "check", LabelNames: []string{"name"}},
	{Type: "output", LabelNames: []string{"name"}},
	{Type: "approvals"},
	{Type: "moved"},
	{Type: "import"},
}, reservedTop()...)}

func reservedTop() []hcl.BlockHeaderSchema {
	labels := map[string][]string{"resource": {"type", "name"}, "data": {"type", "name"}, "provider": {"name"},
		"module": {"name"}, "provisioner": {"type"}, "dynamic": {"type"}}
	var out []hcl.BlockHeaderSchema
	for _, kind := range reservedBlocks {
		out = append(out, hcl.BlockHeaderSchema{Type: kind, LabelNames: labels[kind]})
	}
	return out
}

// schema lists the attributes and blocks of a block. Reserved attributes are
// part of every schema, so that they get an error of their own.
func schema(attrs []string, blocks ...hcl.BlockHeaderSchema) *hcl.BodySchema {
	s := &hcl.BodySchema{Blocks: blocks}
	for _, name := range attrs {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	for _, name := range sortedKeys(reservedAttributes) {
		s.Attributes = append(s.Attributes, hcl.AttributeSchema{Name: name})
	}
	return s
}

func block(kind string, labels ...string) hcl.BlockHeaderSchema {
	return hcl.BlockHeaderSchema{Type: kind, LabelNames: labels}
}

var (
	settingsSchema = schema([]string{"required_version", "publish_labels"}, block("state", "type"))
	stateSchema    = schema([]string{"path"})

	variableSchema   = schema([]string{"type", "default", "description", "sensitive", "nullable"}, block("validation"))
	validationSchema = schema([]string{"condition", "error_message"})

	merchantSchema = schema([]string{"environment", "region", "base_url", "merchant_id", "secret_key_env", "secret_key_file",
		"currency", "time_zone", "api", "post_link", "order_prefix", "former_prefixes", "max_in_flight", "rate",
		"status_rate", "timeout", "lookup_before_send"}, block("limits"))

	batchSchema = schema([]string{"period", "merchant", "description", "not_before", "deadline", "hold"},
		block("expect"), block("limits"), block("payout", "name"), block("dynamic", "type"), block("provisioner", "type"))
	expectSchema = schema([]string{"count", "total"})
	limitsSchema = schema([]string{"max_payout", "min_payout", "max_total", "max_count", "max_per_recipient",
		"max_new_recipients", "duplicate_window"})
	payoutSchema = schema([]string{"amount", "user_id", "card_token", "description", "label", "order_id", "time_limit",
		"hold", "allow_duplicate", "retry", "for_each", "key", "when"}, block("rows"), block("dynamic", "type"),
		block("provisioner", "type"))
	rowsSchema = schema([]string{"path", "format", "delimiter", "decimal_separator", "group_separator", "encoding",
		"header_row", "ignore_last", "sheet", "sha256", "not_cards"})

	checkSchema     = schema([]string{"severity"}, block("assert"))
	outputSchema    = schema([]string{"value", "description", "sensitive"})
	movedSchema     = schema([]string{"from", "to"})
	importSchema    = schema([]string{"to", "payment_id", "order_id", "amount", "reason", "unverified", "for_each"}, block("rows"))
	approvalsSchema = schema([]string{"required", "allowed_signers", "expires"})
)
