#pragma once
// SQLite with values instead of handles. Every call that can fail throws DatabaseError, which the
// sweep's own functions catch and turn into a message.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace faultline {

class DatabaseError : public std::runtime_error {
 public:
  DatabaseError(const std::string& what, int code) : std::runtime_error(what), code_(code) {}
  bool is_torn() const { return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB; }
  bool is_busy() const { return code_ == SQLITE_BUSY || code_ == SQLITE_LOCKED; }

 private:
  int code_;
};

class Statement {
 public:
  void bind(int place, std::int64_t value);
  void bind(int place, double value);
  void bind(int place, std::string_view value);
  void bind_bytes(int place, std::string_view value);
  // Whether there is a row.
  bool step();
  // Carries it out and makes it ready for the next values.
  void run();
  std::int64_t whole(int column) { return sqlite3_column_int64(handle_.get(), column); }
  std::string text(int column);
  std::string bytes(int column);

 private:
  friend class Database;
  Statement(sqlite3* db, std::string_view sql);
  struct Close {
    void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
  };
  sqlite3* db_;
  std::unique_ptr<sqlite3_stmt, Close> handle_;
};

class Database {
 public:
  enum class Mode : std::uint8_t { Read, Write, Create };
  Database(const std::string& path, Mode mode);
  void execute(const std::string& sql);
  Statement prepare(std::string_view sql) { return {handle_.get(), sql}; }

 private:
  struct Close {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

// "name", as SQL has it.
std::string sql_name(std::string_view name);

}  // namespace faultline
