export { createGarbageCollector } from './controller.js'
export type { GarbageCollectorOptions } from './controller.js'
