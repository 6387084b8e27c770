import Glibc

/// Counts what one execution holds at its worst, by the hooks that the address sanitizer has for
/// this. Without that sanitizer nothing is counted.
enum Memory {
    nonisolated(unsafe) private static var live = 0
    nonisolated(unsafe) private static var peak = 0
    nonisolated(unsafe) private static var sizeOf: (@convention(c) (UnsafeRawPointer?) -> Int)?

    private typealias Allocated = @convention(c) (UnsafeRawPointer?, Int) -> Void
    private typealias Freed = @convention(c) (UnsafeRawPointer?) -> Void
    private typealias Install = @convention(c) (Allocated, Freed) -> CInt

    private static let isInstalled: Bool = {
        guard let install = dlsym(nil, "__sanitizer_install_malloc_and_free_hooks"),
            let size = dlsym(nil, "__sanitizer_get_allocated_size")
        else { return false }
        sizeOf = unsafeBitCast(size, to: (@convention(c) (UnsafeRawPointer?) -> Int).self)
        let allocated: Allocated = { _, size in
            Memory.live += size
            if Memory.live > Memory.peak { Memory.peak = Memory.live }
        }
        let freed: Freed = { pointer in
            if let pointer, let sizeOf = Memory.sizeOf { Memory.live -= sizeOf(pointer) }
        }
        return unsafeBitCast(install, to: Install.self)(allocated, freed) > 0
    }()

    static func begin() {
        _ = isInstalled
        live = 0
        peak = 0
    }

    static func end() -> Int { peak }
}
