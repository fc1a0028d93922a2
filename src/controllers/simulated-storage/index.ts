export { createSimulatedStorage } from './controller.js'
export type { SimulatedStorageOptions, StorageTimings } from './options.js'
