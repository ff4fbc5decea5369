# shelf(NAME DIR folder LINKS targets…): one folder, one library, named faultline_NAME.
# A folder without sources is header-only.
function(shelf name)
  cmake_parse_arguments(ARG "" "DIR" "LINKS;PRIVATE_LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${ARG_DIR}/*.cpp)
  if(sources)
    add_library(faultline_${name} STATIC ${sources})
    target_link_libraries(faultline_${name} PUBLIC faultline_options ${ARG_LINKS} PRIVATE ${ARG_PRIVATE_LINKS})
  else()
    add_library(faultline_${name} INTERFACE)
    target_link_libraries(faultline_${name} INTERFACE faultline_options ${ARG_LINKS})
  endif()
endfunction()
