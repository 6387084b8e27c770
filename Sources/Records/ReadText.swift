import SyncCore

/// The kinds that are written as text: what each accepts, and its normal form. The entry is trimmed
/// and not empty.
extension FieldReader {
    mutating func plain(_ entry: String, _ maxBytes: Int, _ isMultiline: Bool) -> Value? {
        let text = isMultiline ? PlainText.withLineFeeds(entry) : entry
        guard text.utf8.count <= maxBytes else {
            return refuse(
                "text-too-long",
                "过长：最多 \(maxBytes) 字节（约 \(maxBytes / 3) 个汉字），请缩短。",
                "Too long: at most \(maxBytes) bytes of UTF-8; shorten it.")
        }
        if let scalar = PlainText.forbidden(in: text, isMultiline: isMultiline) {
            let name = "U+" + String(scalar.value, radix: 16, uppercase: true)
            return refuse(
                "text-forbidden-character", "含有不可见的控制字符 \(name)，请删除后重新输入。",
                "Holds the control character \(name): delete it and type it anew.")
        }
        return .text(text)
    }

    mutating func code(_ entry: String, _ codes: [Code]) -> Value? {
        // By bytes, as codes are compared everywhere else.
        guard codes.contains(where: { $0.value.utf8.elementsEqual(entry.utf8) }) else {
            let chinese = codes.map { "\($0.value) \($0.title.chinese)" }.joined(separator: "、")
            return refuse(
                "code-unknown", "不在代码表中，应为其一：\(chinese)。",
                "Not in the code list; one of: \(codes.map(\.value).joined(separator: ", ")).")
        }
        return .text(entry)
    }

    mutating func date(_ entry: String) -> Value? {
        guard let date = CivilDate(PlainText.code(entry)) else {
            return refuse(
                "date-invalid", "不是有效日期，应写作 2026-11-21。",
                "No such date: write it as 2026-11-21.")
        }
        return .text(date.description)
    }

    mutating func uscc(_ entry: String) -> Value? {
        let uscc: USCC
        do throws(USCC.Fault) {
            uscc = try USCC(entry)
        } catch {
            return refuse(error.code, error.message.chinese, error.message.english)
        }
        for warning in uscc.warnings {
            warn(warning.code, warning.message.chinese, warning.message.english)
        }
        return .text(uscc.code)
    }

    mutating func division(_ entry: String) -> Value? {
        let code = PlainText.code(entry)
        guard code.utf8.count == 6, code.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return refuse(
                "division-shape", "行政区划代码应为六位数字，如 632521。",
                "A division code is six digits, such as 632521.")
        }
        if !Divisions.isKnown(code) {
            warn(
                "division-unknown", "行政区划代码 \(code) 不在已知版本中，请核对。",
                "Division \(code) is in no edition known here: check it.")
        } else if !Divisions.isCurrent(code) {
            warn(
                "division-abolished",
                "行政区划代码 \(code)（\(Divisions.fullName(of: code) ?? "")）已停用，请核对现行代码。",
                "Division \(code) was abolished: check for the current code.")
        }
        return .text(code)
    }

    mutating func reference(_ entry: String) -> Value? {
        // Twelve bytes are the longest.
        guard entry.utf8.count <= 20, let id = ShortID(entry) else {
            return refuse(
                "reference-shape", "不是记录编号，请从列表中选择或复制编号。",
                "Not the id of a record: choose it from a list or copy it.")
        }
        return .text(id.description)
    }

    mutating func digest(_ entry: String) -> Value? {
        let hex = entry.lowercased()
        guard hex.utf8.count == 64,
            hex.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) })
        else {
            return refuse(
                "digest-shape", "应为附件的 SHA-256 值（64 位十六进制）。",
                "Must be the SHA-256 of an attachment: 64 hexadecimal digits.")
        }
        return .text(hex)
    }

    mutating func publicKey(_ entry: String) -> Value? {
        let text = Array(entry.utf8)
        // 32 bytes are 43 digits and one pad; the last digit has two bits that must be zero.
        guard text.count == 44, text[43] == UInt8(ascii: "="), text[..<43].allSatisfy(isBase64),
            "AEIMQUYcgkosw048".utf8.contains(text[42])
        else {
            return refuse(
                "public-key-shape", "应为 32 字节公钥的 Base64 编码（44 个字符）。",
                "Must be a public key of 32 bytes in base 64: 44 characters.")
        }
        return .text(entry)
    }

    mutating func nodeName(_ entry: String) -> Value? {
        guard let node = NodeID(entry) else {
            return refuse(
                "node-name-shape",
                "节点名只能用小写字母、数字和连字符，最多 \(Limits.nodeNameBytes) 个，如 632521-01。",
                "Lower-case letters, digits and hyphens, at most \(Limits.nodeNameBytes), "
                    + "such as 632521-01.")
        }
        return .text(node.name)
    }

    mutating func scope(_ entry: String) -> Value? {
        guard let scope = Scope(entry) else {
            return refuse(
                "scope-shape", "同步范围应为 province 或 county/632521 的形式。",
                "A scope is province, or county/ and six digits.")
        }
        return .text(scope.description)
    }

    private func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "/"): true
        default: false
        }
    }
}

extension USCC.Fault {
    /// Stable.
    public var code: String {
        switch self {
        case .length: "uscc-length"
        case .alphabet: "uscc-alphabet"
        case .checkDigit: "uscc-check-digit"
        }
    }

    public var message: Bilingual {
        switch self {
        case .length(let count):
            Bilingual(
                "统一社会信用代码应为 18 位，现为 \(count) 位，请对照营业执照补全。",
                "A credit code has 18 characters, this one \(count): compare with the licence.")
        case .alphabet(let character):
            Bilingual(
                "统一社会信用代码不使用“\(character)”（不含字母 I、O、S、V、Z），请检查是否把 0、1、5、2 误写为字母。",
                "A credit code never holds “\(character)” (nor the letters I, O, S, V, Z): look "
                    + "for a 0, 1, 5 or 2 typed as a letter.")
        case .checkDigit(let expected):
            Bilingual(
                "校验位不符（按前 17 位应为“\(expected)”），至少有一位录错，请对照营业执照逐位核对。",
                "The check digit fails (the first 17 give “\(expected)”): at least one character "
                    + "is wrong, compare each with the licence.")
        }
    }
}

extension USCC.Warning {
    /// Stable.
    public var code: String {
        switch self {
        case .unknownDivision: "uscc-division-unknown"
        case .innerCheck: "uscc-inner-check"
        }
    }

    public var message: Bilingual {
        switch self {
        case .unknownDivision(let division):
            Bilingual(
                "代码中的登记机关区划 \(division) 不在已知版本中，请核对；确认无误可以保存。",
                "The division \(division) in the code is in no edition known here: check it; it "
                    + "may be saved.")
        case .innerCheck:
            Bilingual(
                "第 9 至 17 位主体标识码的校验不符（GB 11714），请核对；确认无误可以保存。",
                "Characters 9 to 17 fail the check of GB 11714: compare them; they may be saved.")
        }
    }
}
