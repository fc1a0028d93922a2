import { ageColumn, column, defineKind, nameColumn } from '../define.js'
import type { KindDefinition } from '../definition.js'
import type { ServiceAccount } from './generated.js'

/** v1 ServiceAccount. `createScheme` drops the Secrets column, which v1.35 does not have. */
export const serviceAccountDefinition: KindDefinition<ServiceAccount> = defineKind<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  shortNames: ['sa'],
  namespaced: true,
  storagePrefix: '/registry/serviceaccounts',
  subresources: [
    { name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] },
  ],
  strategy: { metaOnUpdate: [1, 1] },
  columns: [nameColumn(), column('Secrets', ({ secrets }) => secrets?.length ?? 0), ageColumn()],
})
