import type { Command } from '../call.js'
import { createGenerated, nameOf } from './generate.js'

/** `kubectl create namespace NAME`. Source: kubectl pkg/cmd/create/create_namespace.go. */
export const namespace: Command = {
  name: 'namespace',
  aliases: ['ns'],
  run(call) {
    createGenerated(call, {
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name: nameOf(call) },
      spec: {},
      status: {},
    })
  },
}
