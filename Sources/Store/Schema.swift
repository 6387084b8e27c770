import GRDB

/// Numbered, forward-only migrations. Tables marked *history* are the truth; those marked
/// *projection* follow from it and can be thrown away and rebuilt; *local* ones concern this node.
enum Schema {
    /// "CrSy": tells `file` and every other reader whose database this is.
    static let applicationID: Int64 = 0x4372_5379

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: local)
            try db.execute(sql: history)
            try db.execute(sql: projection)
        }
        migrator.registerMigration("2") { db in try IdentityTable.seal(db) }
        return migrator
    }

    private static let local = """
        -- local: who this node is; see Identity.swift
        CREATE TABLE identity (
          name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
        -- local: the hub's clock as of its last answer, and when that brought something new
        CREATE TABLE hub_clock (
          scope TEXT PRIMARY KEY, clock BLOB NOT NULL, noted_at INTEGER NOT NULL)
          STRICT, WITHOUT ROWID;
        -- local: segments that were refused, here or at the hub, with the reason
        CREATE TABLE refusal (
          id INTEGER PRIMARY KEY, at INTEGER NOT NULL, at_hub INTEGER NOT NULL,
          rule INTEGER NOT NULL, log TEXT NOT NULL, first_sequence INTEGER NOT NULL,
          position INTEGER NOT NULL, times INTEGER NOT NULL,
          UNIQUE (at_hub, rule, log, first_sequence, position)) STRICT;
        """

    private static let history = """
        -- history: names of logs, by a short local number
        CREATE TABLE log (
          id INTEGER PRIMARY KEY, node TEXT NOT NULL, incarnation INTEGER NOT NULL,
          scope TEXT NOT NULL, lane INTEGER NOT NULL,
          UNIQUE (node, incarnation, scope, lane)) STRICT;
        -- history: the hash tree of each log, one row for each unbranched run
        CREATE TABLE run (
          id INTEGER PRIMARY KEY, log INTEGER NOT NULL REFERENCES log (id),
          parent_run INTEGER, parent_sequence INTEGER, first_sequence INTEGER NOT NULL,
          last_sequence INTEGER NOT NULL, last_hash BLOB NOT NULL) STRICT;
        -- history: sealed segments, byte for byte; key = run and last sequence
        CREATE TABLE segment (
          key INTEGER PRIMARY KEY, first_sequence INTEGER NOT NULL, last_hash BLOB NOT NULL,
          stored_at INTEGER NOT NULL, encoded BLOB NOT NULL) STRICT;
        -- history: own changes that are in no segment yet; key = run and sequence
        CREATE TABLE tail (
          key INTEGER PRIMARY KEY, hash BLOB NOT NULL, entry BLOB NOT NULL) STRICT;
        -- history: secrets of the salts of own changes that are in no segment yet
        CREATE TABLE salt (
          run INTEGER NOT NULL, block INTEGER NOT NULL, secret BLOB NOT NULL,
          PRIMARY KEY (run, block)) STRICT, WITHOUT ROWID;
        -- history: the hub's signatures on what it holds
        CREATE TABLE receipt (
          log INTEGER NOT NULL REFERENCES log (id), sequence INTEGER NOT NULL, hash BLOB NOT NULL,
          signature BLOB NOT NULL, stored_at INTEGER NOT NULL,
          PRIMARY KEY (log, sequence, hash)) STRICT, WITHOUT ROWID;
        """

    /// Dropped and created anew by a rebuild.
    static let projection = """
        -- projection: one row for each record. has_story = 0: `state` is the creating change's
        -- entry as it came; 1: it is the folded state, and the changes are in `story`
        CREATE TABLE record (
          key INTEGER PRIMARY KEY, type TEXT NOT NULL, hash INTEGER NOT NULL,
          has_story INTEGER NOT NULL, state BLOB NOT NULL) STRICT;
        -- projection: the changes of records that have more than one
        CREATE TABLE story (
          record INTEGER NOT NULL, key INTEGER NOT NULL, hash INTEGER NOT NULL,
          entry BLOB NOT NULL, PRIMARY KEY (record, key)) STRICT, WITHOUT ROWID;
        -- projection: stored changes that wait for others
        CREATE TABLE waiting (
          key INTEGER PRIMARY KEY, record INTEGER NOT NULL) STRICT;
        -- projection: open conflicts; record 0 for duplicates
        CREATE TABLE conflict (
          record INTEGER NOT NULL, slot TEXT NOT NULL, kind INTEGER NOT NULL,
          type TEXT NOT NULL, detail BLOB NOT NULL,
          PRIMARY KEY (record, slot)) STRICT, WITHOUT ROWID;
        -- projection: natural keys of records that are not withdrawn; alias = merged into
        CREATE TABLE natural_key (
          type TEXT NOT NULL, value TEXT NOT NULL, record INTEGER NOT NULL, alias TEXT,
          PRIMARY KEY (type, value, record)) STRICT, WITHOUT ROWID;
        -- projection: nodes that the hub registered, as they stand and as they ever were
        CREATE TABLE member (
          node TEXT NOT NULL, record INTEGER NOT NULL, public_key BLOB NOT NULL,
          is_current INTEGER NOT NULL, scopes TEXT NOT NULL,
          PRIMARY KEY (node, record, public_key, is_current)) STRICT, WITHOUT ROWID;
        -- projection: records whose names wait to be indexed
        CREATE TABLE name_queue (record INTEGER PRIMARY KEY) STRICT;
        -- projection: names as space-separated pairs of characters
        CREATE VIRTUAL TABLE name_index USING fts5 (pairs, tokenize = 'unicode61');
        """

    static let dropProjection = """
        DROP TABLE record; DROP TABLE story; DROP TABLE waiting; DROP TABLE conflict;
        DROP TABLE natural_key; DROP TABLE member; DROP TABLE name_queue; DROP TABLE name_index;
        """
}
