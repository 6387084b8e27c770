import APIClient
import ArgumentParser
import Foundation
import HTTPTypes
import Records
import Service

/// Names one record type for the commands on it.
protocol RecordTypeName {
    static var type: RecordType { get }
    static var command: String { get }
    static var columns: [(title: String, path: [String])] { get }
}

enum SupplierName: RecordTypeName {
    static var type: RecordType { Supplier.type }
    static let command = "supplier"
    static var columns: [(title: String, path: [String])] {
        [
            ("统一社会信用代码", ["values", "uscc"]), ("名称", ["values", "name"]),
            ("登记状态", ["values", "regStatus"]),
        ]
    }
}

enum CreditName: RecordTypeName {
    static var type: RecordType { CreditRecord.type }
    static let command = "credit"
    static var columns: [(title: String, path: [String])] {
        [
            ("性质", ["values", "polarity"]), ("程度", ["values", "severity"]),
            ("供应商", ["values", "supplier"]), ("事实", ["values", "facts"]),
        ]
    }
}

enum LogName: RecordTypeName {
    static var type: RecordType { ServiceLog.type }
    static let command = "log"
    static var columns: [(title: String, path: [String])] {
        [
            ("类别", ["values", "kind"]), ("地点", ["values", "site"]), ("内容", ["values", "result"]),
            ("备注", ["values", "note"]),
        ]
    }
}

typealias SupplierCommand = RecordCommand<SupplierName>
typealias CreditCommand = RecordCommand<CreditName>
typealias LogCommand = RecordCommand<LogName>

/// `supplier`, `credit` and `log`: what they take follows from the record type's declaration.
struct RecordCommand<Name: RecordTypeName>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        let edit: [any ParsableCommand.Type] = Name.type.isInsertOnly ? [] : [RecordEdit<Name>.self]
        return CommandConfiguration(
            commandName: Name.command,
            abstract: "\(Name.type.title.chinese) / \(Name.type.title.english)",
            subcommands: [RecordAdd<Name>.self, RecordList<Name>.self, RecordShow<Name>.self] + edit
        )
    }
}

/// `name=value` arguments, read by the kind of each field.
struct FieldArguments: ParsableArguments {
    @Argument(
        help:
            "字段=值 / field=value; lists separated by commas; times as 2026-11-21 08:30; empty clears"
    )
    var fields: [String] = []

    @Option(
        name: .customLong("from"), help: "从 JSON 文件读取 / read a JSON object from a file, - for stdin"
    )
    var file: String?

    func object(_ type: RecordType) throws -> JSON {
        var object: [String: JSON] = [:]
        if let file {
            let data =
                file == "-"
                ? FileHandle.standardInput.readDataToEndOfFile()
                : FileManager.default.contents(atPath: file)
            guard let data, let read = JSON(decoding: Array(data))?.object else {
                throw ValidationError("\(file) 不是 JSON 对象 / \(file) is not a JSON object")
            }
            object = read
        }
        for field in fields {
            guard let equals = field.firstIndex(of: "=") else {
                throw ValidationError("应为 字段=值 / expected field=value, not \(field)")
            }
            let name = String(field[..<equals])
            let text = String(field[field.index(after: equals)...])
            object[name] = Self.value(text, type.field(named: name)?.kind)
        }
        guard !object.isEmpty else {
            let names = type.fields.map(\.name).joined(separator: ", ")
            throw ValidationError("请至少填写一个字段 / name at least one field of: \(names)")
        }
        return .object(object)
    }

    /// What does not read as its kind is sent as text: the node says what is wrong with it.
    private static func value(_ text: String, _ kind: FieldKind?) -> JSON {
        if text.isEmpty { return .null }
        switch kind {
        case .integer: return Int64(text).map { .integer($0) } ?? .string(text)
        case .instant:
            return (Int64(text) ?? BeijingTime.milliseconds(text)).map { .integer($0) }
                ?? .string(text)
        case .flag: return text == "true" ? true : text == "false" ? false : .string(text)
        case .list(let element, _), .set(let element, _):
            return .array(
                text.split(whereSeparator: { ",，、".contains($0) }).map {
                    value(String($0), element)
                })
        default: return .string(text)
        }
    }
}

struct RecordAdd<Name: RecordTypeName>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: "新增 / add",
            discussion: "Fields: " + Name.type.fields.map(\.name).joined(separator: ", "))
    }

    @OptionGroup var options: NodeOptions
    @OptionGroup var author: AuthorOption
    @OptionGroup var arguments: FieldArguments

    @Flag(help: "允许与已有主体重复，转为待合并 / open a merge task for a duplicate key")
    var allowDuplicate = false

    func run() async throws {
        try await reporting {
            let answer = try await NodeClient(folder: options.folder).call(
                .post,
                "/api/v1/records/\(Name.type.name)" + (allowDuplicate ? "?duplicate=allow" : ""),
                user: author.code(), body: arguments.object(Name.type))
            Written.show(answer, options)
        }
    }
}

/// What a write answered, with its warnings.
enum Written {
    static func show(_ answer: APIAnswer, _ options: NodeOptions) {
        if options.json { return Printing.json(answer.json) }
        let id = Printing.text(answer.json["id"])
        answer.json["change"]?.isNull == false
            ? Printing.note("已保存本机：\(id)", "saved here: \(id)")
            : Printing.note("没有变化：\(id)", "nothing changed: \(id)")
        for warning in answer.json["warnings"]?.array ?? [] {
            Printing.note(
                "  注意 \(Printing.text(warning["field"]))：\(Printing.text(warning["message_zh"]))",
                "  warning \(Printing.text(warning["field"])): \(Printing.text(warning["message"]))"
            )
        }
    }
}

struct RecordList<Name: RecordTypeName>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "列表 / list")
    }

    @OptionGroup var options: NodeOptions

    @Option(help: "按名称查找，两个汉字即可 / search names, two characters are enough")
    var query: String?

    @OptionGroup var page: PageOptions

    func run() async throws {
        try await reporting {
            var path = "/api/v1/records/\(Name.type.name)?\(page.query)"
            if let query { path += "&q=\(query.queryEscaped)" }
            let answer = try await NodeClient(folder: options.folder).call(.get, path).json
            if options.json { return Printing.json(answer) }
            Printing.table(
                answer["records"]?.array ?? [],
                [("编号", ["id"])] + Name.columns
                    + [("合并到", ["standsAs"]), ("冲突", ["conflicts"])])
            if let next = answer["next"]?.string { print("  --cursor \(next)") }
        }
    }
}

struct RecordShow<Name: RecordTypeName>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "查看，含历史 / show, with its history")
    }

    @OptionGroup var options: NodeOptions

    @Argument(help: "编号 / id")
    var id: String

    func run() async throws {
        try await reporting {
            let client = try NodeClient(folder: options.folder)
            let path = "/api/v1/records/\(Name.type.name)/\(id.queryEscaped)"
            let record = try await client.call(.get, path).json
            let history = try await client.call(.get, path + "/history").json
            if options.json {
                return Printing.json(["record": record, "history": history["changes"] ?? []])
            }
            Printing.lines(record["values"]?.object ?? [:])
            Printing.lines(record.object ?? [:], omitting: ["values", "type"])
            print()
            Printing.table(
                history["changes"]?.array ?? [],
                [
                    ("变更", ["change"]), ("种类", ["kind"]), ("单位", ["office"]), ("节点", ["node"]),
                    ("经办", ["by"]), ("时间", ["claimedAt"]), ("状态", ["standing"]), ("内容", ["values"]),
                ])
        }
    }
}

struct RecordEdit<Name: RecordTypeName>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "edit", abstract: "修改 / edit",
            discussion: "Fields: " + Name.type.fields.map(\.name).joined(separator: ", "))
    }

    @OptionGroup var options: NodeOptions
    @OptionGroup var author: AuthorOption

    @Argument(help: "编号 / id")
    var id: String

    @OptionGroup var arguments: FieldArguments

    @Option(help: "读取时的令牌；不填则以当前内容为准 / token of what you read, as shown; now if left out")
    var token: String?

    @Flag(help: "若已被他人更改，与其并存 / keep beside what came meanwhile")
    var keepBoth = false

    @Option(help: "理由 / reason")
    var reason: String?

    func run() async throws {
        try await reporting {
            let client = try NodeClient(folder: options.folder)
            let path = "/api/v1/records/\(Name.type.name)/\(id.queryEscaped)"
            // Without a token the command shows the record as it stands and edits that.
            var shown = token
            if shown == nil { shown = try await client.call(.get, path).token }
            var query: [String] = []
            if keepBoth { query.append("keepBoth=true") }
            if let reason { query.append("reason=\(reason.queryEscaped)") }
            let answer = try await client.call(
                .patch, path + (query.isEmpty ? "" : "?" + query.joined(separator: "&")),
                user: author.code(), token: shown, body: arguments.object(Name.type))
            Written.show(answer, options)
        }
    }
}
