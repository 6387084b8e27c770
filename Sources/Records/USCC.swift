/// A 统一社会信用代码 (unified social credit code), GB 32100-2015: registering authority (1), kind of
/// body (1), division of the authority (6), organisation code of GB 11714 (9), check digit (1).
///
/// Of 6,271 real codes none failed the check digit, so a failure is an error; 16 % embed a division
/// code that is no longer current and one fails the inner check, so those are warnings.
public struct USCC: Hashable, Sendable, CustomStringConvertible {
    public enum Fault: Error, Hashable, Sendable {
        case length(Int)
        /// I, O, S, V and Z are not used.
        case alphabet(Character)
        case checkDigit(expected: Character)
    }

    public enum Warning: Hashable, Sendable {
        case unknownDivision(String)
        case innerCheck
    }

    /// Eighteen characters, upper case.
    public let code: String

    /// Trims, folds full-width characters and upper-cases first.
    public init(_ text: String) throws(Fault) {
        let normalised = Self.normalised(text)
        let characters = Array(normalised)
        guard characters.count == 18 else { throw .length(characters.count) }
        var digits: [Int] = []
        for character in characters {
            guard let digit = Self.digit(character) else { throw .alphabet(character) }
            digits.append(digit)
        }
        let expected = Self.checkDigit(of: digits.dropLast())
        guard characters[17] == expected else { throw .checkDigit(expected: expected) }
        code = normalised
    }

    public var description: String { code }

    /// Six characters: the division of the registering authority.
    public var division: String { String(code.dropFirst(2).prefix(6)) }

    /// Nine characters: the organisation code of GB 11714.
    public var organisationCode: String { String(code.dropFirst(8).prefix(9)) }

    public var warnings: [Warning] {
        var warnings: [Warning] = []
        if division != Self.nationalRegistrar && !Divisions.isKnown(division) {
            warnings.append(.unknownDivision(division))
        }
        let organisation = organisationCode
        let digits = organisation.dropLast().compactMap { Self.organisationDigit($0) }
        if digits.count != 8 || organisation.last != Self.innerCheckDigit(of: digits) {
            warnings.append(.innerCheck)
        }
        return warnings
    }

    public static func normalised(_ text: String) -> String {
        PlainText.code(text).uppercased()
    }

    /// Stands for the national registrar, and is no division.
    static let nationalRegistrar = "100000"
    static let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")

    /// To Swift, the Kelvin sign equals K; in a key it would be another code.
    static func digit(_ character: Character) -> Int? {
        character.isASCII ? alphabet.firstIndex(of: character) : nil
    }

    /// Of the first seventeen: weights 3^i mod 31.
    static func checkDigit(of digits: some Collection<Int>) -> Character {
        var (sum, weight) = (0, 1)
        for digit in digits {
            sum += digit * weight
            weight = weight * 3 % 31
        }
        return alphabet[(31 - sum % 31) % 31]
    }

    /// GB 11714 counts A as 10 up to Z as 35, unlike the alphabet around it.
    static func organisationDigit(_ character: Character) -> Int? {
        character.isASCII ? character.hexDigitValueTo36 : nil
    }

    /// Of the first eight.
    static func innerCheckDigit(of digits: [Int]) -> Character {
        let sum = zip(digits, [3, 7, 9, 10, 5, 8, 4, 2]).reduce(0) { $0 + $1.0 * $1.1 }
        return Array("0123456789X0")[11 - sum % 11]
    }
}

extension Character {
    /// `0`–`9` are 0–9, `A`–`Z` are 10–35.
    fileprivate var hexDigitValueTo36: Int? {
        switch asciiValue {
        case .some(let byte) where (48...57).contains(byte): Int(byte) - 48
        case .some(let byte) where (65...90).contains(byte): Int(byte) - 55
        default: nil
        }
    }
}
