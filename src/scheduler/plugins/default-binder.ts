import type { Plugin, PluginFactory } from '../framework/plugin.js'

/** Binds by POST to `pods/binding`. Source: plugins/defaultbinder. */
export const defaultBinder: PluginFactory = ({ client }): Plugin => ({
  name: 'DefaultBinder',
  bind: ({ pod }, { name }) => {
    const { namespace, name: podName, uid } = pod.metadata
    client().createSubresource('pods', pod.metadata, 'binding', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { namespace, name: podName, uid },
      target: { kind: 'Node', name },
    })
    return undefined
  },
})
