import { ageColumn, column, defineKind, nameColumn, withoutColumns } from '../kind/define.js'
import type { KindDefinition } from '../kind/definition.js'
import type { Draft } from '../kind/draft.js'
import type { ServiceAccount } from './generated.js'

/**
 * Of references to secrets only the name is kept. Source: serviceaccount/strategy.go cleanSecretReferences.
 */
function cleanSecrets(account: Draft<ServiceAccount>): void {
  if (account.secrets !== undefined)
    account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }))
}

/** v1 ServiceAccount. */
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
  inRelease: (definition, { has }) =>
    has('serviceAccountSecretsColumn') ? definition : withoutColumns(definition, 'Secrets'),
  strategy: { metaOnUpdate: [1, 1], prepareForCreate: cleanSecrets, prepareForUpdate: cleanSecrets },
  columns: [nameColumn(), column('Secrets', ({ secrets }) => secrets?.length ?? 0), ageColumn()],
})
