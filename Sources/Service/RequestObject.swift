import HTTPTypes
import Hummingbird
import NIOCore
import Records

extension Request {
    static let bodyBytes = 1 << 20

    /// The body as one JSON object; no body counts as an empty one. A body of no declared type is
    /// taken for JSON: the reader is strict.
    func object() async throws -> [String: JSON] {
        if let encoding = headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw Problem.bodyEncoded
        }
        if let type = headers[.contentType], !Self.isJSON(type) { throw Problem.bodyNotJSON }
        let buffer: ByteBuffer
        do { buffer = try await body.collect(upTo: Self.bodyBytes) } catch is NIOTooManyBytesError {
            throw Problem.bodyTooLarge
        } catch let error as any HTTPResponseError {
            throw error
        } catch { throw Problem.bodyIncomplete }
        if buffer.readableBytes == 0 { return [:] }
        let json: JSON
        do throws(JSONFault) {
            json = try JSON(parsing: Array(buffer.readableBytesView))
        } catch { throw Problem(error) }
        guard let object = json.object else { throw Problem.bodyNoObject }
        return object
    }

    /// `application/json`, perhaps with `charset=utf-8`.
    private static func isJSON(_ contentType: String) -> Bool {
        let parts = contentType.lowercased().split(separator: ";").map { part in
            part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }
        }
        return parts.first == "application/json"
            && parts.dropFirst().allSatisfy { $0.isEmpty || $0 == "charset=utf-8" }
    }
}

extension [String: JSON] {
    /// Why, in a person's words; empty if it is not said.
    func reason() throws -> String {
        guard let value = self["reason"], !value.isNull else { return "" }
        guard let text = value.string else {
            throw Problem.invalid([
                FieldProblem(
                    field: "reason", code: "type", message: Bilingual("应为文字。", "Must be a text."))
            ])
        }
        return text
    }
}

extension Problem {
    init(_ fault: JSONFault) {
        if fault.rule == .number {
            let whole = Bilingual(
                "应为 64 位范围内的整数：金额以分为单位，评分乘以 10。",
                "Must be a whole number of 64 bits: money in fen, scores times ten.")
            self.init(
                fault.rule.rawValue, .unprocessableContent,
                "The number at \(fault.path) is not whole or too large: money is in fen, scores are "
                    + "times ten.",
                "\(fault.path) 处的数字不是整数或超出范围：金额以分为单位，评分乘以 10。",
                members: [
                    "fields": [
                        FieldProblem(field: fault.path, code: fault.rule.rawValue, message: whole)
                    ].json, "offset": .integer(Int64(fault.offset)),
                ])
            return
        }
        let (english, chinese) = Self.words(of: fault.rule)
        self.init(
            "body-malformed", .badRequest,
            "The body is no strict JSON: \(english) at byte "
                + "\(fault.offset). Correct it and send it again.",
            "请求体不是规范的 JSON：第 \(fault.offset) 字节处\(chinese)。请更正后重新发送。",
            members: [
                "rule": .string(fault.rule.rawValue), "offset": .integer(Int64(fault.offset)),
            ])
    }

    private static func words(of rule: JSONFault.Rule) -> (english: String, chinese: String) {
        switch rule {
        case .syntax: ("a character that does not belong there", "有不应出现的字符")
        case .depth: ("more than \(JSON.depthMax) levels", "嵌套超过 \(JSON.depthMax) 层")
        case .duplicateKey: ("a member named twice", "成员名重复")
        case .encoding: ("a text that is not UTF-8 or half a character", "文字不是有效的 UTF-8 或字符不完整")
        case .number: ("a number that is not whole", "数字不是整数")
        }
    }
}
