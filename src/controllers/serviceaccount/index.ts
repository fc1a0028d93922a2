export { createRootCaPublisher } from './root-ca.js'
export type { RootCaPublisherOptions } from './root-ca.js'
export { createServiceAccountController } from './service-accounts.js'
