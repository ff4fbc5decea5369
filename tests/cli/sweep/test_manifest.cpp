// The manifest for Kubernetes, against the schema of what it says it is.
#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "tests/cli/program.hpp"

using namespace faultline::test;
using nlohmann::json;

namespace {

// Where a document is not what its schema says; nothing if it is.
std::vector<std::string> wrong(const json& schema, const YAML::Node& node, const std::string& at) {
  std::vector<std::string> found;
  const auto add = [&](const std::vector<std::string>& more) {
    found.insert(found.end(), more.begin(), more.end());
  };
  const std::string type = schema.at("type");
  if (type == "object") {
    if (!node.IsMap()) return {at + " is no object"};
    for (const auto& key : schema.value("required", json::array())) {
      if (!node[key.get<std::string>()]) found.push_back(at + " lacks " + key.get<std::string>());
    }
    for (const auto& entry : node) {
      const auto key = entry.first.as<std::string>();
      if (schema.contains("of")) {
        add(wrong(schema["of"], entry.second, at + "." + key));
      } else if (!schema["properties"].contains(key)) {
        found.push_back(at + " has no field " + key);
      } else {
        add(wrong(schema["properties"][key], entry.second, at + "." + key));
      }
    }
    return found;
  }
  if (type == "array") {
    if (!node.IsSequence()) return {at + " is no list"};
    for (const auto& item : node) add(wrong(schema["items"], item, at + "[]"));
    return found;
  }
  if (!node.IsScalar()) return {at + " is no " + type};
  const std::string text = node.Scalar();
  const bool number = node.Tag() == "?" && std::regex_match(text, std::regex("-?[0-9]+"));
  const bool other = node.Tag() == "?" && std::regex_match(text, std::regex("true|false|null|~|"));
  if ((type == "integer") != number || other) found.push_back(at + " is no " + type + ": " + text);
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), text) == schema["enum"].end())
    found.push_back(at + " can't be " + text);
  if (schema.contains("pattern") &&
      !std::regex_match(text, std::regex(schema["pattern"].get<std::string>())))
    found.push_back(at + " is malformed: " + text);
  return found;
}

YAML::Node manifest(const std::string& options) {
  const std::string file = write_file("k.toml", kScenario);
  const Ran ran = shell("$F sweep submit " + file +
                        " --axis service.db.threads=2,4,8 --engine kubernetes " + options);
  INFO(ran.err);
  REQUIRE(ran.status == 0);
  return YAML::Load(ran.out);
}

}  // namespace

TEST_CASE("the manifest is an Indexed Job as its schema says", "[cli][US4]") {
  const json schema =
      json::parse(slurp(std::string(FAULTLINE_SOURCE_DIR) + "/tests/golden/kubernetes_job.json"));
  for (const std::string& out :
       {std::string("out"), std::string("'A folder/With: odd \"names\" #1'"), std::string("___"),
        std::string(200, 'x')}) {
    const YAML::Node job = manifest("--shards 3 --jobs 4 -o " + out);
    INFO(out);
    CHECK(wrong(schema, job, "job") == std::vector<std::string>{});
    CHECK(job["spec"]["completionMode"].as<std::string>() == "Indexed");
    CHECK(job["spec"]["completions"].as<int>() == 3);
    const auto args =
        job["spec"]["template"]["spec"]["containers"][0]["args"].as<std::vector<std::string>>();
    const auto has = [&](const std::string& word) {
      return std::find(args.begin(), args.end(), word) != args.end();
    };
    CHECK(has("auto/3"));
    CHECK(has("service.db.threads=2,4,8"));
    CHECK(has("--resume"));
  }
  // And the checker finds what is wrong.
  YAML::Node broken = manifest("--shards 3 -o out");
  broken["spec"]["completions"] = "three";
  broken["spec"]["replicas"] = 3;
  broken["spec"].remove("template");
  CHECK(wrong(schema, broken, "job").size() == 3);
}
