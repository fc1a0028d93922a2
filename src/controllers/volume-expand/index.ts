export { createVolumeExpandController } from './controller.js'
