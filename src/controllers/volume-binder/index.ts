export { createVolumeBinder } from './controller.js'
export type { VolumeBinderOptions } from './controller.js'
