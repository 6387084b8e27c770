import SyncCore

/// Operating errors of the store. Each says what to do next.
public enum StoreError: Error, Sendable {
    /// Another process owns the data folder.
    case locked(path: String)
    case notInitialised(path: String)
    case alreadyInitialised(path: String)
    /// The database belongs to something else, or to a newer version.
    case foreign(String)
    /// What is stored contradicts itself: run `creditsync verify`.
    case damaged(String)
    /// The disk failed, and nothing was written.
    case notStored(String)
    /// The disk failed at the commit and goes on failing: whether the change is stored is known as
    /// soon as it works again. Read again then, before retrying.
    case outcomeUnknown(String)
    /// Somebody opened the database with another tool and keeps it locked. Nothing was written.
    case busy
    case noSuchRecord
    case ambiguousID
    /// The token is not one that this node handed out.
    case badToken
    /// The cursor is not one that a page of this list gave.
    case badCursor
    /// The record moved on since the form was shown.
    case stale(StoredRecord)
    /// The field group has several values; only the conflict page may decide it.
    case disputed(GroupID)
    /// The record is of an insert-only type.
    case insertOnly
    /// The conflict is not open any more, or its sides changed.
    case conflictMoved(StoredRecord)
    case tooLarge(String)
}
