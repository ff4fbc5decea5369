#include "lab/study/database.hpp"

#include <fmt/format.h>

namespace faultline {
namespace {

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
    throw DatabaseError(db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code), code & 0xff);
}

}  // namespace

Statement::Statement(sqlite3* db, std::string_view sql) : db_(db) {
  sqlite3_stmt* made = nullptr;
  check(db, sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &made, nullptr));
  handle_.reset(made);
}

void Statement::bind(int place, std::int64_t value) {
  check(db_, sqlite3_bind_int64(handle_.get(), place, value));
}
void Statement::bind(int place, double value) {
  check(db_, sqlite3_bind_double(handle_.get(), place, value));
}
void Statement::bind(int place, std::string_view value) {
  check(db_, sqlite3_bind_text(handle_.get(), place, value.data(), static_cast<int>(value.size()),
                               SQLITE_TRANSIENT));
}
void Statement::bind_bytes(int place, std::string_view value) {
  check(db_, sqlite3_bind_blob(handle_.get(), place, value.data(), static_cast<int>(value.size()),
                               SQLITE_TRANSIENT));
}

bool Statement::step() {
  const int code = sqlite3_step(handle_.get());
  check(db_, code);
  return code == SQLITE_ROW;
}

void Statement::run() {
  step();
  check(db_, sqlite3_reset(handle_.get()));
}

std::string Statement::text(int column) {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::string Statement::bytes(int column) {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

Database::Database(const std::string& path, Mode mode) {
  const int flags = mode == Mode::Read    ? SQLITE_OPEN_READONLY
                    : mode == Mode::Write ? SQLITE_OPEN_READWRITE
                                          : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* made = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &made, flags, nullptr);
  handle_.reset(made);
  check(made, code);
  sqlite3_busy_timeout(made, 10'000);  // ms; a reader waits for a transaction to end
}

void Database::execute(const std::string& sql) {
  check(handle_.get(), sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::string sql_name(std::string_view name) {
  std::string out = "\"";
  for (char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

}  // namespace faultline
