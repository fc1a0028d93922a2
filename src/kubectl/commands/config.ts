import type { Command } from '../call.js'
import { currentContext, getClusters, getContexts, getUsers } from '../config/names.js'
import { useContext } from '../config/use-context.js'
import { view } from '../config/view.js'

/** `kubectl config`: what the kubeconfig of the call says. Source: kubectl pkg/cmd/config. */
export const config: Command = {
  name: 'config',
  commands: [
    { name: 'current-context', run: currentContext }, { name: 'get-clusters', run: getClusters }, { name: 'get-contexts', run: getContexts },
    { name: 'get-users', run: getUsers }, { name: 'use-context', aliases: ['use'], run: useContext }, { name: 'view', run: view },
  ],
}
