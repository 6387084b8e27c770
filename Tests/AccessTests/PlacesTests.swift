import Access
import Testing

@Suite struct PlacesTests {
    @Test func `One key cannot take all places`() {
        var places = Places<String>(limit: 3, perKey: 2)
        func take(_ key: String) -> Bool { places.take(key) }
        #expect(take("a"))
        #expect(take("a"))
        #expect(!take("a"))
        #expect(take("b"))
        #expect(!take("c"))
        places.leave("a")
        #expect(take("c"))
        #expect(places.count == 3)
    }

    @Test func `A place that is left is free again`() {
        var places = Places<Int>(limit: 1)
        func take(_ key: Int) -> Bool { places.take(key) }
        for key in 0..<100 {
            #expect(take(key))
            #expect(!take(key + 1))
            places.leave(key)
        }
        #expect(places.count == 0)
    }
}
