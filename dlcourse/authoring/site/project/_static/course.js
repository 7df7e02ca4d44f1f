// Below each result the search shows some words of its page, which it fetches; from a folder nothing may be fetched.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
