package freedompay

// Sources of the table. The vendor's own list (customer.freedompay.kz/dev/error) is not readable without an account.
const (
	fromLabels  = "labels of the vendor's code list, as client code carries them"
	fromGateway = "Gateway API overview doc-643556 and samples"
	fromStatus  = "payout status page api-9881016"
	fromPage    = "Token Payout page api-9881026"
	fromRefunds = "refund API overview doc-1159190"
	fromAsync   = "Async API samples"
	fromClients = "client code only"
	fromLegacy  = "first-generation code list"
)

// Cures that several codes share.
const (
	cureStatus  = "ask for the status; if it says error the refusal is final, until then do not pay again"
	cureShop    = "have the gateway's manager correct the shop's settings, then plan again"
	cureKey     = "check merchant id and payout secret key, then plan again"
	curePayee   = "ask the payee for another card, then edit the payout and plan again"
	curePace    = "lower the rate, wait, then plan again"
	cureLibrary = "check what was sent: this answer is not expected for a payout; ask for the status"
)

// codeRows is the table. A row is NotExecuted only where its meaning says that the call was refused as such; it is
// Ambiguous wherever a payment may stand behind the code.
var codeRows = []codeRow{
	{[]int{0}, Ambiguous, false, "no error; comes with ok", "nothing; together with error ask for the status", fromPage},

	{[]int{8888}, NotExecuted, true, "payout balance too low", "top up the payout balance, then plan again", fromLabels},
	{[]int{9991}, Ambiguous, false, "order id is not unique: an earlier payout has it", "look the order up; it says nothing about that payout", fromLabels},
	{[]int{9992}, NotExecuted, true, "method is not enabled for the shop", cureShop, fromLabels},
	{[]int{9993}, NotExecuted, true, "a success, error or post link is missing", "set post_link, or have it set in the shop, then plan again", fromLabels},
	{[]int{9994}, NotExecuted, true, "action is switched off in the shop's settings", cureShop, fromLabels},
	{[]int{9995}, Ambiguous, true, "payment is in test mode", "check that shop and host belong together, then ask for the status", fromLabels},
	{[]int{9996}, NotExecuted, true, "shop has no valid contract", cureShop, fromLabels},
	{[]int{9997}, NotExecuted, true, "wrong shop number", cureKey, fromLabels},
	{[]int{9998}, NotExecuted, true, "wrong signature, or the merchant could not be identified", cureKey, fromLabels + "; " + fromGateway},
	{[]int{1100}, NotExecuted, true, "wrong signature; may come unsigned with http status 401", cureKey, fromGateway},
	{[]int{101}, NotExecuted, true, "merchant could not be identified", cureKey, fromLegacy + "; previous Merchant intro page"},
	{[]int{10006, 10014, 10028}, NotExecuted, true, "calls came too fast or too often", curePace, fromLabels},

	{[]int{9999}, Ambiguous, false, "system error; also the placeholder of the vendor's samples", cureStatus, fromLabels + "; " + fromGateway},
	{[]int{10000}, Ambiguous, false, "service is unavailable", cureStatus, fromLabels + "; test card page"},
	{[]int{11000, 11014, 99999}, Ambiguous, false, "service unavailable, or an unexpected system error", cureStatus, fromLabels},
	{[]int{10025}, Ambiguous, false, "fault at the international card scheme", cureStatus, fromLabels},
	{[]int{12000}, Ambiguous, false, "fault at a partner of the gateway", cureStatus, fromLabels},
	{[]int{10015}, Ambiguous, false, "already done", cureStatus, fromLabels},
	{[]int{11013}, Ambiguous, false, "repeated operation", cureStatus, fromLabels},
	{[]int{10016, 10019, 10021, 10039, 11001, 11009, 11022, 11052}, Ambiguous, false, "general refusal without a reason", cureStatus, fromLabels},
	{[]int{10018}, Ambiguous, false, "the order's time limit is over", cureStatus, fromLabels},
	{[]int{10026}, Ambiguous, false, "payout error, the shop is to be asked", cureStatus, fromLabels},

	{[]int{10001}, NotExecuted, false, "declined; the payee should ask the issuing bank", curePayee, fromLabels + "; test card page"},
	{[]int{10005, 10008, 10032, 10040}, NotExecuted, false, "card data or card number is wrong", curePayee, fromLabels},
	{[]int{10007, 11024}, NotExecuted, false, "refused for security", "ask the gateway's manager, then plan again", fromLabels},
	{[]int{10009, 11006}, NotExecuted, false, "insufficient funds", "check the payout balance, then plan again", fromLabels},
	{
		[]int{10010, 10022, 10037, 10038, 10041, 11027, 11028, 11036, 11051}, NotExecuted, false,
		"card is limited, blocked, closed, or not allowed in its country", curePayee, fromLabels,
	},
	{[]int{10017}, NotExecuted, false, "card has expired", curePayee, fromLabels},
	{[]int{10029}, NotExecuted, false, "payouts to accounts do not work at the moment", "wait, then plan again", fromLabels},
	{[]int{10030}, NotExecuted, false, "amount is below the minimum", "raise the amount, then plan again", fromLabels},
	{[]int{1380}, NotExecuted, false, "amount is too small", "raise the amount, then plan again", fromClients},
	{[]int{1999, 2999}, NotExecuted, false, "model or method not found", "check api and base_url, then plan again", fromLabels},

	{[]int{11068}, NotFound, false, "payment not found", "nothing within the first minutes; later look at the status rules", fromStatus},
	{[]int{340}, NotFound, false, "payment not found", "nothing within the first minutes; later look at the status rules", fromLegacy},

	{[]int{1202}, Ambiguous, false, "incorrect payment id", cureLibrary, fromAsync},
	{[]int{4001}, Ambiguous, false, "several payments for one order", cureLibrary, fromRefunds},
	{[]int{4002}, Ambiguous, false, "payment to refund not found", cureLibrary, fromRefunds},
	{[]int{4003}, Ambiguous, false, "payment to refund has the wrong status", cureLibrary, fromRefunds},
	{[]int{4004}, Ambiguous, false, "refund is already running", cureLibrary, fromRefunds},
	{[]int{4005}, Ambiguous, false, "no right to refund", cureLibrary, fromRefunds},
	{[]int{4006}, Ambiguous, false, "wrong sum of a refund", cureLibrary, fromRefunds},
	{[]int{4007}, Ambiguous, false, "unknown error of a refund", cureLibrary, fromRefunds},

	{[]int{100}, NotExecuted, false, "wrong signature", cureKey, fromLegacy},
	{[]int{110}, NotExecuted, false, "shop has no valid contract", cureShop, fromLegacy},
	{[]int{120}, NotExecuted, false, "action is disabled in the shop", cureShop, fromLegacy},
	{[]int{200}, NotExecuted, false, "a parameter is missing or wrong", "correct the payout's fields, then plan again", fromLegacy},
	{[]int{350}, Ambiguous, false, "payment is blocked", cureStatus, fromLegacy},
	{[]int{360}, Ambiguous, false, "payment has expired", cureStatus, fromLegacy},
	{[]int{365}, Ambiguous, false, "recurring profile has expired", cureStatus, fromLegacy},
	{[]int{400}, Ambiguous, false, "payment was cancelled", cureStatus, fromLegacy},
	{[]int{420}, Ambiguous, false, "limit exceeded", cureStatus, fromLegacy},
	{[]int{465}, Ambiguous, false, "fault on the line to a payment system", cureStatus, fromLegacy},
	{[]int{466}, Ambiguous, false, "ssl fault", cureStatus, fromLegacy},
	{[]int{470}, Ambiguous, false, "fault on the side of a payment system", cureStatus, fromLegacy},
	{[]int{475, 600}, Ambiguous, false, "general fault", cureStatus, fromLegacy},
	{[]int{490}, Ambiguous, false, "payment cannot be cancelled", cureStatus, fromLegacy},
	{[]int{700, 701, 711}, Ambiguous, false, "payer data missing or wrong", cureStatus, fromLegacy},
	{[]int{850}, Ambiguous, false, "no payment system is ready", cureStatus, fromLegacy},
	{[]int{1000}, Ambiguous, false, "internal error; may not happen again", cureStatus, fromLegacy},
}
