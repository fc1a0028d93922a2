/** Bodies of Events that recorders have made. */
const recorded = new WeakSet<object>()

/**
 * Marks the body of an Event that its recorder does not read again, nor the response to it: an apiserver in
 * this process may build the Event when it is first read.
 */
export function markRecorded<T extends object>(event: T): T {
  recorded.add(event)
  return event
}

/** Whether a recorder has made this body. */
export function isRecorded(body: unknown): boolean {
  return typeof body === 'object' && body !== null && recorded.has(body)
}
