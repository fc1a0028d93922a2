export { createEphemeralVolumeController } from './controller.js'
