package hclconfig

// Everything that this package says to people stands here, keyed by code, so
// that another language is a table and no rewrite. A detail is a format: what
// is wrong and why first, the cure last.
var (
	// Files.
	msgDirUnreadable  = message{"dir_unreadable", "Directory cannot be read", "The configuration's directory %s cannot be read: %s."}
	msgNoFiles        = message{"no_files", "No configuration", "There is no *.hcl or *.hcl.json file in %s. Run payrun init there, or name another directory with -chdir."}
	msgTooManyFiles   = message{"too_many_files", "Too many files", "The directory has %d configuration files, at most %d are read."}
	msgFileUnreadable = message{"file_unreadable", "File cannot be read", "The file cannot be used: %s. Only regular files inside the configuration's directory are read."}
	msgBOM            = message{"file_bom", "Byte-order mark", "%s begins with a byte-order mark (EF BB BF). Save it as UTF-8 without BOM."}
	msgUTF16          = message{"file_utf16", "File is not UTF-8", "%s is UTF-16. Save it as UTF-8 without BOM."}
	msgNotUTF8        = message{"file_not_utf8", "File is not UTF-8", "The byte 0x%02X is no UTF-8. Save the file as UTF-8."}
	msgLoneReturn     = message{"lone_return", "Half a line end", "A carriage return (U+000D) without a line feed: editors show a new line here, and the language has none. Save the file with line ends of Unix (LF) or Windows (CR LF)."}
	msgControl        = message{"file_control", "Control character", "The character %U is not allowed: editors do not show it. Remove it."}
	msgBidi           = message{"file_bidi", "Hidden change of text direction", "The character %U makes text look different from what it is. Remove it."}
	msgUnseen         = message{"file_unseen", "Invisible character", "The character %U has no width: names with it look like others without it. Remove it."}
	msgConflictMark   = message{"file_conflict", "Two people changed this file", "They changed the same lines, and nobody has said yet which are right (a merge conflict). %s"}
	msgNesting        = message{"file_nesting", "Nested too deep", "Brackets, templates or operators stand inside each other too often; at most %d levels are allowed. Split the expression into locals."}
	msgNumberHuge     = message{"number_huge", "Number too large", "The exponent of this number has too many digits. Write the number out."}
	msgCardNumber     = message{"card_number", "Card number", "This looks like a whole card number (%s). Card numbers are never kept in files; use the card's token."}
	msgInfinite       = message{"infinite", "Division by zero", "%s is infinite: a number is divided by zero. Mend the divisor, or take the case out with a condition."}
	msgSteps          = message{"steps", "Too much work", "The expressions of this configuration take more steps than a plan may. Loops inside of each other multiply, and so does a function over a large value for every row: look values up as local.map[row.key], or prepare them in the row file."}
	msgConstantLoop   = message{"constant_loop", "Too much work", "A constant may have one short loop, and none inside of another. Write such values in a locals block."}
	msgListLong       = message{"list_long", "Too many elements", "%s has a list of %d elements; at most %d are taken. Use the type set(…) or map(…) with elements of one written type, or put the values into a row file."}
	msgTooLarge       = message{"too_large", "Too much data", "%s cannot be used: %s."}

	// Names and blocks.
	msgReservedBlock       = message{"reserved_block", "Block not supported", "There is no %q block: a plan depends on nothing but its files and variables. Payouts are declared one by one, with for_each, or with rows."}
	msgReservedCount       = message{"reserved_count", "No count", "There is no %s here: a payment is known by its key, never by its position. Use for_each or rows."}
	msgReservedDependsOn   = message{"reserved_depends_on", "No dependencies", "There is no %s: payouts do not depend on each other."}
	msgReservedDestination = message{"reserved_destination", "Destination not supported", "%s is reserved: only card tokens are paid so far. Use card_token."}
	msgReservedSecret      = message{"reserved_secret", "Secret in a file", "%s must not stand in this file, which is kept and shown to others. Put the key alone into a file of its own that is not in git, and write secret_key_file = \"secret.txt\" here. Or have it set as an environment variable, and write its name with secret_key_env. If this was the real key, have it replaced."}
	msgOnlyOne             = message{"only_one", "Only one is allowed", "A second %s block in this %s. The first is at %s; put both together."}
	msgDeclaredTwice       = message{"declared_twice", "Declared twice", "The %s %q is declared already at %s. Names are unique; rename or remove one."}
	msgLabel               = message{"label", "Not a name", "%q is not a name: letters of any script, digits, _ and - are allowed, and it does not begin with a digit or a dash."}
	msgMissing             = message{"missing", "Missing attribute", "%s is required in the %s block: %s."}
	msgUnknownRoot         = message{"unknown_root", "Unknown name", "There is no %q here.%s"}
	msgUnknownName         = message{"unknown_name", "Unknown name", "There is no %s.%s.%s %s"}
	msgBatchElsewhere      = message{"batch_elsewhere", "Totals are not known here", "%s.NAME exists only once the plan is made, so only check and output blocks can use it."}
	msgRowElsewhere        = message{"row_elsewhere", "No rows here", "%s exists only in a payout or import block that has a rows block."}
	msgEachElsewhere       = message{"each_elsewhere", "No elements here", "%s exists only in a payout or import block that has for_each."}
	msgMerchantElsewhere   = message{"merchant_elsewhere", "Not a value", "%s.NAME is a reference, which only the merchant attribute of a batch takes."}
	msgLocalElsewhere      = message{"local_elsewhere", "Locals are not known here", "%s.NAME cannot be used in a variable block. Use var.NAME."}
	msgVarElsewhere        = message{"var_elsewhere", "Variables are not known here", "%s.NAME cannot be used here; write a constant."}
	msgLocalCycle          = message{"local_cycle", "Locals need each other", "local.%s: each needs the next, so none can be known. Break the circle."}

	// Values.
	msgWrongType    = message{"wrong_type", "Wrong type", "%s must be of the type %s, and this is of the type %s."}
	msgTextJSON     = message{"text_json", "Text instead of an expression", "%s must be of the type bool, and this is a text. In JSON an expression stands in ${}: %[1]q: \"${%s}\"."}
	msgUnknownValue = message{"unknown_value", "Value is not known", "%s depends on something that has no value; see the other messages."}
	msgNoReason     = message{"no_reason", "No real reason", "allow_duplicate holds no reason that anybody could judge. Whoever approves the plan reads it, and it is kept: write why the same amount goes to the same card again, such as \"two rides of one price: waybills 88 and 93\"."}
	msgEmpty        = message{"empty", "Empty text", "%s is empty, which could mean anything. Write a value, or leave the attribute out."}
	msgNull         = message{"null", "No value", "%s is null, but it is required."}
	msgInteger      = message{"integer", "Not a fitting number", "%s must be a whole number from %d to %v."}
	msgDuration     = message{"duration", "Not a fitting duration", "%s = %q: write a duration such as 90m, 24h or 2d, from %s to %s."}
	msgOneOf        = message{"one_of", "Unknown word", "%s must be %s, not %q.%s"}
	msgTime         = message{"time", "Not a time", `%s = %q: write "2026-11-28 18:00", "2026-11-28" (zone %s) or 2026-11-28T18:00:00+05:00.%s`}
	msgText         = message{"text", "Text cannot be used", "%s: %s."}

	// payrun.
	msgVersion      = message{"version", "Another version is required", "required_version is %q, and this is payrun %s. Use a version that fits, or change the requirement together with your colleagues."}
	msgVersionShape = message{"version_shape", "Not a version", "required_version = %q: %s. Write, for example, \">= 0.1.0\"."}
	msgStateType    = message{"state_type", "Unknown kind of state", "There is no state %q; the only kind so far is \"local\".%s"}

	// Variables.
	msgVariableUnknown   = message{"variable_unknown", "Unknown variable", "The variable %q (from %s) is not declared.%s Declare it, or remove the value: nothing is ignored silently."}
	msgVariableMissing   = message{"variable_missing", "Variable has no value", "The variable %q has no default. Give it a value with -var=%[1]s=…, -var-file or PAYRUN_VAR_%[1]s."}
	msgVariableNull      = message{"variable_null", "Variable is null", "The variable %q is not nullable. Give it a value."}
	msgVariableType      = message{"variable_type", "Default does not fit the type", "The default of the variable %q does not fit its type: %s."}
	msgVariableValue     = message{"variable_value", "Value does not fit the type", "The value of the variable %q (from %s) does not fit its type: %s."}
	msgVariableText      = message{"variable_text", "Value cannot be read", "The value of the variable %q (from %s) cannot be read: %s."}
	msgVarFlagShape      = message{"var_flag", "Value without a name", "-var=%s: write -var=NAME=VALUE."}
	msgVarFileUnreadable = message{"var_file_unreadable", "Variable file cannot be read", "The file of -var-file cannot be used: %s."}
	msgVarFileName       = message{"var_file_name", "Name of a variable file", "%s: the names of variable files end in .vars.hcl or .vars.json, so that they are never taken for configuration."}
	msgValidation        = message{"validation", "Variable is refused", "%s"}

	// Merchants.
	msgCurrency          = message{"currency", "Unknown currency", "%q is not a currency code of ISO 4217 in capital letters, such as KZT."}
	msgZone              = message{"zone", "Unknown time zone", "%q is not a zone of the IANA database, such as Asia/Almaty."}
	msgZoneData          = message{"zone_data", "Old time zone data", "The time zone data of this machine says %s for %s, and it is %s: every time limit and deadline would be wrong. Update its package tzdata, or unset ZONEINFO."}
	msgBaseURL           = message{"base_url", "Unusable URL", "base_url = %q: %s."}
	msgSandboxURL        = message{"sandbox_url", "Sandbox is on this machine", "base_url = %q leads to another machine, which a sandbox merchant must never do. Leave it out, or use environment = \"test\"."}
	msgNoTestHost        = message{"no_test_host", "No test host is known", "The region %q has no known test host. Set base_url."}
	msgSecretBoth        = message{"secret_both", "Two places for one key", "Exactly one of secret_key_env and secret_key_file is allowed."}
	msgSecretMissing     = message{"secret_missing", "No place for the key", "environment = %q needs secret_key_env or secret_key_file: where the shop's secret for payouts is found when a call is signed."}
	msgSecretName        = message{"secret_name", "Not the name of a variable", "secret_key_env is the name of an environment variable in capital letters, such as FREEDOMPAY_SECRET_KEY, never the key itself. If this was the real key, replace it."}
	msgPostLink          = message{"post_link", "Unusable URL", "post_link = %q: %s."}
	msgPrefix            = message{"prefix", "Unusable prefix", "%q: a prefix has 1 to 12 letters a-z and digits."}
	msgPrefixTwice       = message{"prefix_twice", "Prefix listed twice", "%q stands in former_prefixes twice, or is the order_prefix of today."}
	msgRate              = message{"rate", "Not a rate", "%s = %q: write \"30/m\", \"2/s\" or \"unlimited\"."}
	msgLookupOff         = message{"lookup_off", "Look-up cannot be switched off", "lookup_before_send = \"off\" is for the sandbox and for gateways on this machine only: the look-up is what keeps a lost state from paying twice."}
	msgMerchantChoice    = message{"merchant_choice", "Which merchant?", "The %s does not say which merchant pays, and %d are declared. Add merchant = merchant.NAME."}
	msgMerchantReference = message{"merchant_reference", "Not a reference", "Write merchant = merchant.%s, without quotation marks."}
	msgMerchantJSON      = message{"merchant_json", "Not a reference", "Write \"merchant\": \"merchant.%s\", without ${}."}
	msgMerchantUnknown   = message{"merchant_unknown", "Unknown merchant", "There is no merchant %q.%s Declare it with a merchant block."}

	// Batches and payouts.
	msgBatchTwice         = message{"batch_twice", "Batch declared twice", "The batch %q is declared already at %s. Payouts of one batch stand in one block."}
	msgPayoutTwice        = message{"payout_twice", "Payout declared twice", "The payout %q of the batch %q is declared already at %s. Names are unique in a batch: they are part of the payment's identity."}
	msgNoPayouts          = message{"no_payouts", "Batch without payouts", "The batch %q declares no payout. Add a payout block, or remove the batch."}
	msgPeriod             = message{"period", "Unusable period", "%s. Write, for example, period = \"2026-11\"."}
	msgDeadline           = message{"deadline", "Deadline before the beginning", "deadline is not later than not_before, so nothing could ever be paid."}
	msgDescription        = message{"description", "Unusable description", "The gateway would refuse this description: %s."}
	msgUnusualDescription = message{"description_unusual", "Unusual description", "%q has characters other than letters, digits, spaces and dashes. The gateway's anti-fraud rules may stop such a payout."}
	msgAmount             = message{"amount", "Unusable amount", "%s: %s."}
	msgPayoutAmount       = message{"payout_amount", "Unusable amount", "%s.%s"}
	msgAmountNotation     = message{"payout_amount", "Unusable amount", "%q cannot be read: an amount has no groups, and a point in front of its fraction. Write %s."}
	msgAmountOther        = message{"payout_amount", "Unusable amount", "%q is not written as the rows block says (decimal_separator, group_separator). Write %s."}
	msgAmountZero         = message{"payout_amount", "Unusable amount", "%s. If nothing is due, take the row out; or skip such rows."}
	msgUserID             = message{"user_id", "Unusable user id", "user_id = %q: %s."}
	msgToken              = message{"card_token", "Unusable card token", "%s."}
	msgTokenElsewhere     = message{"token_elsewhere", "Card token in another place", "%s holds the whole card token of this payout, and would be recorded and shown. Whoever has a token can pay the card: use something else that names the payment."}
	msgForeignToken       = message{"token_of_another", "Card token in another place", "%s of the payout at %s holds the whole card token of another payout, and would be recorded and shown. Whoever has a token can pay the card: use something else that names the payment."}
	msgOrderID            = message{"order_id", "Unusable order id", "%s."}
	msgOrderIDTwice       = message{"order_id_twice", "Order id declared twice", "The order id %q is declared already at %s. Order ids are unique for a merchant, also when case is ignored."}
	msgOnlyWithRows       = message{"only_with_rows", "Only with rows", "%s belongs to a payout with a rows block."}
	msgRowsAndEach        = message{"rows_and_each", "Rows or elements", "A block has either for_each or rows. Use two blocks."}
	msgForEachType        = message{"for_each_type", "Not a map or set", "Each payment needs a name of its own that stays. for_each takes an object (a map), whose keys are the names, or a set of texts, and this is a %s.%s"}
	msgForEachUnknown     = message{"for_each_unknown", "No elements", "for_each is null or not known; see the other messages. For no payouts write an empty map."}
	msgSameKey            = message{"same_key", "Key written twice", "%s stands already at %s of the same object. Only one of the two would be kept, and the other dropped without a word. If a line was copied, give it a key of its own; else remove one of them. Where one is meant to replace the other, write merge({…}, {…}).%s"}
	msgSameKeyMore        = message{"same_key_more", "Key written twice", "This and %d further keys stand twice in their objects; the ones before are shown."}
	msgKey                = message{"key", "Unusable key", "%s. The key is the payment's identity for ever."}
	msgLimitShape         = message{"limit_shape", "Not a limit", "%s is a value, or { value = …, hard = true }.%s"}
	msgLimitsCross        = message{"limits_cross", "Limits exclude each other", "min_payout is larger than max_payout, so no payout could fit both."}
	msgCount              = message{"count", "Not a count", "%s must be a whole number."}
	msgExpectEmpty        = message{"expect_empty", "Nothing is expected", "An expect block needs count, total, or both."}

	// Rows.
	msgRowsFormat      = message{"rows_format", "Unknown format", "%q is not a format of row files. Set format to \"csv\", \"tsv\", \"jsonl\" or \"xlsx\".%s"}
	msgRowsNoFormat    = message{"rows_no_format", "Unknown format", "The name %q has no ending that says what the file holds. Set format to \"csv\", \"tsv\", \"jsonl\" or \"xlsx\"."}
	msgRowsOtherSheet  = message{"rows_other_sheet", "Unknown format", "Spreadsheets of the format %q are not read. Save it as .xlsx or as CSV, and mend the path."}
	msgRowsFile        = message{"rows_file", "File cannot be read", "The file cannot be used: %s.%s Only regular files inside the configuration's directory are read."}
	msgMoreProblems    = message{"more_problems", "More problems", "There are problems of other kinds in %d more places. Mend the others first."}
	msgRowsOption      = message{"rows_option", "Has no meaning here", "%s means nothing for a file of the format %s. Remove it."}
	msgAgePlain        = message{"age_plain", "Not encrypted", "The name of %s says that it is encrypted, and it is not: everybody who has the file can read it. Have whoever keeps the keys encrypt it (age -R recipients.txt). Or take .age off its name, and mend the path at %s: path = %s."}
	msgAgeNamed        = message{"age_named", "Encrypted file", "%s is encrypted, and its name does not say so. Add .age to its name, and to path."}
	msgAgeNoIdentity   = message{"age_no_identity", "No key for an encrypted file", "%s is encrypted, and no key is given. Write -identity=FILE, or set PAYRUN_AGE_IDENTITY to the key or to the path of its file."}
	msgAgeIdentity     = message{"age_identity", "Key cannot be used", "%s is encrypted, and cannot be opened: %s."}
	msgAgeOpen         = message{"age_open", "File cannot be decrypted", "%s cannot be opened: %s."}
	msgSheet           = message{"sheet", "Spreadsheet cannot be read", "%s: %s."}
	msgSheetUnknown    = message{"sheet_unknown", "Unknown sheet", "%s has no sheet %q.%s It has %s."}
	msgSheetChoice     = message{"sheet_choice", "Which sheet?", "%s has several sheets, or none that is not hidden: %s. Say which one is paid: write its name in place of NAME.%s"}
	msgRowHidden       = message{"row_hidden", "Hidden row", "This row is hidden in the sheet, perhaps by a filter, and would be paid all the same. Show all rows and check them; remove those that are not meant, or skip them with when."}
	msgCellDate        = message{"cell_date", "Date", "The cell of %s shows a date, and the file holds the number %q. Format the column as text, and enter the dates again."}
	msgCellZeros       = message{"cell_zeros", "Zeros that are not there", "The cell of %s is shown with zeros in front, and the file holds %q. Format the column as text, and enter the numbers again with their zeros."}
	msgCellDigits      = message{"cell_digits", "Rounded number", "The cell of %s holds %q: a spreadsheet keeps 15 digits of a number, so that others are lost, or the number was computed and not rounded. Format the column as text, and enter the numbers again; round what is computed."}
	msgCellError       = message{"cell_error", "Formula that failed", "The cell of %s shows %q in place of a value. Mend the sheet and save it again."}
	msgCellControl     = message{"cell_control", "Control character", "The value of %[1]s has a control character, which no text for people has. Remove it."}
	msgCellNested      = message{"cell_nested", "Not a text", "The value of %[1]s is a list or an object. Write a text, a number, true, false or null."}
	msgRowJSON         = message{"row_json", "Line cannot be read", "%s: each line is one JSON object with the same names, and this one is not: %s."}
	msgHeaderRow       = message{"header_row", "No headings", "%s has no headings in row %d: it is blank, or inside of another. The next row is %d; if it has the headings, say so.%s"}
	msgRowsEmptyLines  = message{"rows_empty", "No rows", "%s has no line to pay: its lines number %d, and the last %d are left out (ignore_last). Export the file again; for no payouts, leave the payout block out."}
	msgRowsDigest      = message{"rows_digest", "File was changed", "%s has the SHA-256 %s, which is not the one that is asked for. If the change is meant, put the new one here."}
	msgRowsNothing     = message{"rows_nothing", "Empty file", "%s is empty. Export it again; for no payouts, leave the payout block out."}
	msgRowsReturns     = message{"rows_returns", "Half line ends", "The lines of %s end in a carriage return alone, as in the CSV of old Macintosh computers, so that the file is one line. Save it again as plain CSV, or as CSV UTF-8."}
	msgRowsEmpty       = message{"rows_empty", "No rows", "%s has no row to pay: the headings stand in row %d (header_row), the rows below number %d, and the last %d are left out (ignore_last). Mend these attributes, or export the file again; for no payouts, leave the payout block out."}
	msgRowsTooMany     = message{"rows_too_many", "Too many rows", "%s has more than %d rows. Split it into several payout blocks."}
	msgRowsBOM         = message{"rows_bom", "Byte-order mark", "%s begins with a mark that no editor shows, the byte-order mark (BOM, EF BB BF), which would become part of the first heading. Excel writes it where a file is saved as \"CSV UTF-8\". Tell payrun so, as below; or save the file as UTF-8 without BOM.%s"}
	msgRowsUTF16       = message{"rows_utf16", "File is not UTF-8", "%s is UTF-16, which Excel calls \"Unicode text\". Save it as CSV UTF-8.%s"}
	msgRowsNotUTF8     = message{"rows_not_utf8", "File is not UTF-8", "%s has the byte 0x%02X here, which is no UTF-8. If it was saved by Excel in Russian, its encoding is windows-1251; tell payrun so.%s"}
	msgRowsEncoding    = message{"rows_encoding", "File has another encoding", "%s has a character here that does not exist in %s. Set encoding to the one that the file was saved in."}
	msgRowsControl     = message{"rows_control", "Control character", "%s has the control character 0x%02X here. Save it as plain text again."}
	msgRowSyntax       = message{"row_syntax", "Row cannot be read", "%s: %s."}
	msgRunTogether     = message{"rows_run_together", "One column only", "The headings of %s run together: there is no %q, but there is %q. Tell payrun so.%s"}
	msgHeadingTwice    = message{"rows_heading_twice", "Heading repeated", "%s has the heading %q in the columns %d and %d, so row[…] could mean either. Rename one."}
	msgHeadingCard     = message{"rows_heading_card", "Card number", "The heading of column %d looks like a whole card number (%s). Card numbers are never kept in files; name the column."}
	msgColumnUnknown   = message{"rows_column_unknown", "Unknown column", "%s has no column %q.%s It has %s."}
	msgDelimiter       = message{"rows_delimiter", "Unusable delimiter", "delimiter is one character, such as \",\", \";\" or \"\\t\"."}
	msgGroupSeparator  = message{"rows_group_separator", "Unusable separator", "group_separator is one character that is no digit, no sign and not the decimal_separator."}
	msgNotCards        = message{"rows_not_cards", "Column cannot be exempt", "The column %q stands in not_cards, but it becomes %s, which must never hold a card number. Take it out."}
	msgRagged          = message{"row_ragged", "Row of another width", `The number of cells in this row is %d, and that of headings is %d. If a text of the row has %q in it, put quotation marks around the text; else one is missing, or one is too many.`}
	msgCellLong        = message{"row_cell_long", "Cell too long", "A cell has more than %d bytes. A quotation mark may be missing."}
	msgSheetWide       = message{"row_wide", "Cell without a heading", "This row has a cell behind the last heading (%d cells, %d headings). Give its column a heading, or empty the cell."}
	msgRowCard         = message{"row_card", "Card number", "This looks like a whole card number (%s). Card numbers are never kept in files; use the card's token. If the column holds something else, such as numbers of contracts, exempt it."}
	msgRowCardUsed     = message{"row_card", "Card number", "This looks like a whole card number (%s), in the column of %s. Card numbers are never kept in files. Put the card's token in its place, which the gateway gave when the card was saved."}
	msgRowCardUnnamed  = message{"row_card", "Card number", "This looks like a whole card number (%s), in a column without a heading. Card numbers are never kept in files; take the column out."}
	msgFormula         = message{"row_formula", "Formula", "The cell of %s is a formula, %q: its value is not in the file. Copy the column in the sheet, paste it as values, and save it again."}
	msgRounded         = message{"row_rounded", "Rounded number", "The cell of %s is %q: the spreadsheet has rounded a long number, and the digits are lost. Format the column as text, and enter the numbers again."}
	msgNBSP            = message{"row_nbsp", "Non-breaking space", "%s has a non-breaking space, which looks like a plain one and is another character. Replace it in the file."}
	msgBlankKey        = message{"row_blank_key", "Blank key", `The key is blank, so the payment has no identity. Fill it in.`}
	msgBlankKeyLast    = message{"row_blank_key", "Blank key", `The key is blank, so the payment has no identity. Fill it in; or, if the last row pays nobody, leave it out.`}
	msgBlankCell       = message{"row_blank", "Blank cell", "The cell of %s is blank, and it is required. Fill it in."}
	msgKeyTwice        = message{"row_key_twice", "Key used twice", "The key %q stands already in %s %d of %s. Each payment of a period needs a key of its own: remove one of the rows, or put another column into the key."}
	msgBlankSkip       = message{"row_blank", "Blank cell", `The cell of %s is blank. Fill it in; or, if such rows are not paid, skip them.`}
	msgBlankKeySkip    = message{"row_blank_key", "Blank key", `The key is blank, so the payment has no identity. Fill it in; or, if such rows are not paid, skip them.`}
	msgHeaderElsewhere = message{"rows_header_elsewhere", "Headings stand elsewhere", "%s has the headings %s in row %d, and row %d is read as headings. Tell payrun so.%s"}
	msgNoneOfColumns   = message{"rows_no_columns", "No such columns", "%s has none of the columns %s that this block uses: its row %d, which is read as headings, has %s. If it has no headings, add a first row with them; else mend the names."}
	msgTokenCapitals   = message{"token_capitals", "Card token in capital letters", "The gateway writes the letters of such a token small. With capitals it would be another recipient to every limit and to the search for duplicates, though it may be the same card: write it in lower case as the gateway gave it%s."}
	msgTokenIBAN       = message{"token_iban", "Account in place of a token", "This is an IBAN. So far only cards are paid, by their tokens: a token stands for a card, and the gateway gave it when the card was added. Ask whoever adds the cards for the token of this payee's card, and write it in place of the account."}
	msgTokenAmount     = message{"token_amount", "Amount in place of a token", "This looks like an amount, and not like a card token: the columns of amount and card_token may have changed places."}
	msgShortKeys       = message{"row_short_keys", "Zeros may be lost", "Keys of this file begin with zeros and have %d digits, and this one has %d: a spreadsheet takes zeros off numbers. With other digits it is another payment, so the person could be paid twice. If it is wrong, format the column as text, and enter the keys again."}
	msgDeadlinePeriod  = message{"deadline_period", "Deadline long before the period", "deadline = %q is more than a month before the period %s begins. Is the year right?"}
	msgTotalRow        = message{"row_total", "Row of totals", "The last row looks like a total, which would be paid as well. Remove it; or leave it out."}
	msgCompareNumber   = message{"row_compare", "Text compared with another type", "%s compares a cell with a value of the type %s. Cells are always texts, so the two are never equal. Write tonumber(%s), or put the other side in quotation marks."}

	// Checks, outputs, moves, imports.
	msgNoAssert        = message{"no_assert", "Nothing is checked", "A check block needs an assert block."}
	msgOutputSensitive = message{"output_sensitive", "Output is sensitive", "The output %q shows something sensitive. Set sensitive = true, or do not use it."}
	msgOutputType      = message{"output_type", "Output cannot be printed", "The value of the output %q has no printed form."}
	msgAddressShape    = message{"address_shape", "Not an address", `%s is written BATCH["PERIOD"].PAYOUT or BATCH["PERIOD"].PAYOUT["KEY"], with constant texts.%s`}
	msgMovedNowhere    = message{"moved_nowhere", "Moved to itself", "%s is both from and to. Remove the block, or mend one side."}
	msgMovedTwice      = message{"moved_twice", "Moved twice", "%s is moved already at %s. An address has one successor."}
	msgMovedStill      = message{"moved_still", "Declared under both names", "%s is renamed to %[3]s here, and both are declared, the first at %[2]s. If it was renamed, remove it there; if that is another payout, give it a name of its own: an address stands for one payment."}
	msgMovedToSingle   = message{"moved_to_single", "Key of a payout without keys", "%s has neither rows nor for_each, so no payout of it has a key. Write the address without a key."}
	msgMovedToKeyed    = message{"moved_to_keyed", "Which payout of it?", "%s has many payouts, and one is renamed to it. Name its key: %s."}
	msgMovedToNothing  = message{"moved_to_nothing", "Renamed to what is not declared", "No payout of that batch and period is called so: %s. The block moves nothing.%s"}
	msgImportTwice     = message{"import_twice", "Imported twice", "%s is imported already at %s."}
	msgImportKey       = message{"import_key", "Which payout is it?", "With %s, the last index of to names the payout of each: to = salaries[\"2026-11\"].staff[%s]."}
	msgPaymentTwice    = message{"payment_twice", "Payment imported twice", "%s %q is imported already at %s. One payment pays one payout."}
	msgImportID        = message{"import_id", "Which payment?", "An import needs payment_id or order_id: how the gateway finds the payment. Fill one in."}
	msgPaymentID       = message{"payment_id", "Unusable payment id", "payment_id = %q: it is the number that the gateway gave the payment (pg_payment_id), in digits alone."}
	msgImportMerchant  = message{"import_merchant", "Which merchant?", "There is no batch %q that says which merchant paid, and not exactly one merchant is declared."}
)
