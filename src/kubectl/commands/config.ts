import type { KubectlCommand } from '../call/call.js'
import { currentContext, getClusters, getContexts, getUsers, view } from '../config/view.js'
import {
  deleteEntry,
  renameContext,
  setCluster,
  setContext,
  setCredentials,
  useContext,
} from '../config/entries.js'
import { setProperty, unsetProperty } from '../config/set-property.js'

/**
 * `kubectl config`: reads the kubeconfig of the call; changed files are part of the result. Source: kubectl
 * pkg/cmd/config.
 */
export const config: KubectlCommand = {
  name: 'config',
  commands: [
    { name: 'current-context', run: currentContext },
    { name: 'get-clusters', run: getClusters },
    { name: 'get-contexts', run: getContexts },
    { name: 'get-users', run: getUsers },
    { name: 'use-context', aliases: ['use'], run: useContext },
    { name: 'view', run: view },
    { name: 'set-cluster', run: setCluster },
    { name: 'set-context', run: setContext },
    { name: 'set-credentials', run: setCredentials },
    { name: 'set', run: setProperty },
    { name: 'unset', run: unsetProperty },
    { name: 'rename-context', aliases: ['rename'], run: renameContext },
    { name: 'delete-cluster', run: (call) => deleteEntry(call, 'clusters', 'cluster') },
    { name: 'delete-context', run: (call) => deleteEntry(call, 'contexts', 'context') },
    { name: 'delete-user', run: (call) => deleteEntry(call, 'users', 'user') },
  ],
}
