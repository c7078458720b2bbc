/** The content types that Hookline itself can write; plugins may add others. */
export const contentTypes = ["application/x-www-form-urlencoded", "application/json", "application/xml", "text/plain"];
