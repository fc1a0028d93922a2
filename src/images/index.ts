/**
 * What the programs of well-known images do, as a cluster uses it by default: busybox, nginx, agnhost,
 * databases and so on. Start from one to describe an image of your own.
 */
export { defineImage } from '../kubelet/index.js'
export type { ImageDefinition, OnUnknownImage } from '../kubelet/index.js'
export { knownImage } from './known-images.js'
