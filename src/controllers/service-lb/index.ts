export { createServiceLoadBalancerController } from './controller.js'
export type { LoadBalancerOptions } from './controller.js'
