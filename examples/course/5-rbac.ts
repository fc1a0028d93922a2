import { SimCluster } from 'simcluster'
import { deploymentManager } from './4-accounts.js'
import type { Chapter } from './terminal.js'

const APISERVER = '/etc/kubernetes/manifests/kube-apiserver.yaml'

export const rbac: Chapter = {
  number: 5,
  title: 'Role-based access control',
  begin: (version, options) => new SimCluster({ ...options, version, nodes: 1 }),
  rows: [
    {
      id: 'R1',
      title: 'the flag that turns it on',
      play: async (t) => {
        await t.type(`grep authorization-mode ${APISERVER}; kubectl auth can-i list pods --as=gasbugs`)
        await t.type(
          `sed -i s/Node,RBAC/AlwaysAllow/ ${APISERVER}; kubectl auth can-i list pods --as=gasbugs`,
        )
        await t.type(
          `sed -i s/AlwaysAllow/Node,RBAC/ ${APISERVER}; kubectl auth can-i list pods --as=gasbugs`,
        )
      },
    },
    {
      id: 'R2',
      title: 'roles and bindings',
      play: async (t) => {
        await t.type(
          'kubectl create namespace ' +
            `office\n${deploymentManager(t.isOld, 'office', 'gasbugs')}\nkubectl apply -f ` +
            'gasbugs-role.yaml',
        )
        await t.type('kubectl create rolebinding viewers -n office --clusterrole=view --group=readers')
        await t.type('kubectl get role,rolebinding -n office')
        await t.type(
          'kubectl auth can-i list pods -n office --as=gasbugs; kubectl auth can-i list pods -n ' +
            'default --as=gasbugs',
        )
        await t.type(
          'kubectl auth can-i list services -n office --as=x --as-group=readers; kubectl auth can-i ' +
            'create services -n office --as=x --as-group=readers',
        )
      },
    },
    {
      id: 'R3',
      title: 'rules',
      play: async (t) => {
        await t.type(
          'kubectl create clusterrole one --verb=get --resource=configmaps --resource-name=settings; ' +
            'kubectl create clusterrolebinding one --clusterrole=one --user=jane',
        )
        await t.type(
          'kubectl auth can-i get configmaps/settings --as=jane; kubectl auth can-i get ' +
            'configmaps/other --as=jane',
        )
        await t.type(
          'kubectl create clusterrole logs --verb=get --resource=pods/log; kubectl create ' +
            'clusterrolebinding logs --clusterrole=logs --user=jane',
        )
        await t.type(
          'kubectl auth can-i get pods --subresource=log --as=jane; kubectl auth can-i get pods --as=jane',
        )
        await t.type(
          'kubectl create clusterrole metrics --verb=get --non-resource-url=/metrics; kubectl create ' +
            'clusterrolebinding metrics --clusterrole=metrics --user=jane',
        )
        await t.type('kubectl auth can-i get /metrics --as=jane; kubectl auth can-i get /logs --as=jane')
      },
    },
    {
      id: 'R4',
      title: 'why?',
      play: async (t) => {
        await t.type('kubectl get pods -n default --as=gasbugs')
        await t.type('kubectl auth can-i --list -n office --as=gasbugs')
        t.say(JSON.stringify(t.cluster.can({ user: 'gasbugs' }, 'list', 'pods', { namespace: 'office' })))
      },
    },
  ],
}
