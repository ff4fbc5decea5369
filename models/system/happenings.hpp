#pragma once
// What can happen in a world: the kinds of events, and what its own timers are for.

#include <cstdint>

namespace faultline {

struct Happenings {
  enum Kind : unsigned {
    kArrival,         // id: client
    kUserReady,       // id: user
    kDelivered,       // id: attempt, at the server's door
    kWorkDone,        // id: attempt
    kReplyDelivered,  // id: attempt
    kAttemptTimer,    // id: attempt; tag: layer, or one of the tags below
    kCallTimer,       // id: call; tag: layer, or kSendAgain + layer
    kFaultBoundary,   // id: fault
    kControllerTick,  // id: controller
    kInstanceReady,   // id: instance
    kBacklog,         // id: client; what is there when the run begins
  };
  // Tags of timers that are no policy's.
  static constexpr std::uint32_t kSendAgain = 0x100;  // call: the pause before a retry is over
  static constexpr std::uint32_t kInherited = 0x200;  // call: the deadline it was given
  static constexpr std::uint32_t kWoken = 0x100;      // attempt: may go on from a policy's line
  static constexpr std::uint32_t kUnreachable = 0x200;
  // Attempt: of a try on the wire.
  static constexpr std::uint32_t kConnected = 0x300;
  static constexpr std::uint32_t kNotConnected = 0x301;
  static constexpr std::uint32_t kTurnedAway = 0x302;
  static constexpr std::uint32_t kHeaderTimeout = 0x303;
  static constexpr std::uint32_t kReadTimeout = 0x304;
  static constexpr std::uint32_t kReset = 0x305;
  static constexpr std::uint32_t kServerSide =
      0x400;  // from here on the caller's leaving is no reason
  static constexpr std::uint32_t kStepTimeout = 0x400;
  static constexpr std::uint32_t kCancelMessage = 0x401;
  static constexpr std::uint32_t kQueueTimeout = 0x402;
  static constexpr std::uint32_t kPiece = 0x403;      // of the answer gets to the caller,
  static constexpr std::uint32_t kLastPiece = 0x404;  // the last of it without a pause
};

}  // namespace faultline
