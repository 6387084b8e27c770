/// Suppliers for demonstrations, tests and load: never a real company, since invented conduct must
/// not stick to one. The codes pass the check digits, and their division code is assigned to nobody
/// (so a warning says so).
public enum FictionalSupplier {
    static let division = "990000"
    static let indices = 0..<887_503_681  // 31⁶

    /// The same code for the same index, and different codes for different ones.
    public static func code(index: Int) -> USCC {
        precondition(indices.contains(index), "an index from 0 up to 31⁶")
        var rest = index
        var serial: [Character] = []
        for _ in 0..<6 {
            serial.append(USCC.alphabet[rest % 31])
            rest /= 31
        }
        let organisation = "MA" + String(serial.reversed())
        let inner = USCC.innerCheckDigit(of: organisation.compactMap(USCC.organisationDigit))
        let body = "91" + division + organisation + String(inner)
        let check = USCC.checkDigit(of: body.compactMap(USCC.digit))
        do {
            return try USCC(body + String(check))
        } catch {
            preconditionFailure("a made-up code fails its own check: \(error)")
        }
    }

    /// `示例物业服务有限公司（虚构0001）`.
    public static func name(index: Int) -> String {
        let trades = ["物业服务", "餐饮管理", "保安服务", "设备维修", "会议服务", "园林绿化", "幼教服务"]
        let serial = String(index + 1)
        let padding = String(repeating: "0", count: max(0, 4 - serial.count))
        return "示例\(trades[index % trades.count])有限公司（虚构\(padding)\(serial)）"
    }
}
