import type { Secret } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { Component, ComponentHost } from '../../client/component.js'
import { keyOf } from '../../client/object-index.js'
import { controllerIdentity, controllerName } from '../process/identity.js'
import { expirationOf, TOKEN_TYPE } from './token-secret.js'

/** Deletes bootstrap tokens when they end. Source: pkg/controller/bootstrap/tokencleaner.go. */
export function createTokenCleaner(): Component {
  return {
    name: controllerName('token-cleaner-controller'),
    identity: controllerIdentity('token-cleaner'),
    setup: (host) => {
      const secrets = host.informer('secrets', {
        namespace: 'kube-system',
        fieldSelector: `type=${TOKEN_TYPE}`,
      })
      const queue = host.workQueue('secrets', (key) => {
        const secret = secrets.get(key)
        queue.forget(key)
        if (secret === undefined) return
        const left = expirationOf(secret) - host.clock.now()
        if (left <= 0) remove(host, secret)
        else if (left !== Infinity) queue.addAfter(key, left, { class: 'watchdog' })
      })
      secrets.onChange(({ type, object }) => {
        if (type !== 'DELETED') queue.add(keyOf(object))
      })
    },
  }
}

function remove(host: ComponentHost, { metadata }: Secret): void {
  try {
    host.client.delete('secrets', metadata, { preconditions: { uid: metadata.uid as string } })
  } catch (error) {
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error
  }
}
