// To be written.
export function open() {}
