import * as timers from 'node:timers'

/**
 * Node's timers as they were when this module was loaded: sockets are real, so a server has to respond and to
 * close while a test has replaced the global timers.
 */
export const setImmediate: typeof timers.setImmediate = timers.setImmediate
export const setTimeout: typeof timers.setTimeout = timers.setTimeout
export const setInterval: typeof timers.setInterval = timers.setInterval
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout
export const clearInterval: typeof timers.clearInterval = timers.clearInterval
