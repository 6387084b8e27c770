import Foundation
import Records
import Testing

@Suite struct `JSON of the API` {
    @Test func `survives a round trip`() throws {
        let json: JSON = [
            "none": nil, "flag": true, "one": 1, "max": .integer(.max), "text": "共和县",
            "list": [1, "a", nil, [false]], "object": ["a": ["b": 0]],
        ]
        let bytes = try JSONEncoder().encode(json)
        #expect(try JSONDecoder().decode(JSON.self, from: bytes) == json)
    }

    @Test(arguments: ["1.5", "[0.1]", "{\"a\":{\"b\":[1e-3]}}", "9223372036854775808"])
    func `refuses fractions and what exceeds 64 bits`(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
        }
    }

    @Test func `is reached into without surprises`() {
        let json: JSON = ["a": [1, ["b": "c"]]]
        #expect(json["a"]?[1]?["b"]?.string == "c")
        #expect(json["a"]?[0]?.integer == 1)
        #expect(json["a"]?[2] == nil && json["x"] == nil && json[0] == nil)
        #expect(json["a"]?[0]?.string == nil && json["a"]?[0]?.bool == nil)
    }
}
