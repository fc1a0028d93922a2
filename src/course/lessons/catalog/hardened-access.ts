import { comesUp, goal, isUp, podsOf } from '../goals.js'
import { changing, gone, joined, keepsTheRest } from '../kept.js'
import { mayOnly } from '../rights.js'
import { lesson, type LessonSource } from '../lesson.js'
import { MANIFESTS, deployment, lines, patch, sleeper, told, namespaceOf, within } from '../shared.js'

/** Chapter 6 and 7: accounts and servers that give away too much. */
export const hardenedAccessLessons: readonly LessonSource[] = [
  lesson('cluster-admin-account', 'medium', 6, (draw) => {
    const [account, team] = [draw.one('ci', 'deployer', 'robot'), draw.one('office', 'finance', 'sales')]
    const user = `system:serviceaccount:${team}:${account}`
    const listed = ['get', 'list', 'patch'].map((verb) => ({
      verb,
      resource: 'deployments.apps',
      namespace: team,
    }))
    return {
      exams: ['cks', 'cka'],
      texts: {
        ko: told(
          '무엇이든 할 수 있는 로봇',
          `서비스 계정 ${account}(네임스페이스 ${team})는 ${team}의 디플로이먼트를 조회(get, list)하고 고치기만(patch) 하면 되는데 ` +
            `cluster-admin입니다. ` +
            '필요한 만큼만 남기세요.',
          [
            'kubectl get clusterrolebindings -o wide | grep cluster-admin',
            `${team}에 롤과 롤바인딩을 만들고, 넓은 바인딩은 지우세요.`,
            `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          ],
          '계정의 토큰은 그 포드에 들어온 누구나 읽을 수 있습니다. 권한은 실제로 하는 일, 하는 곳까지만 주어야 합니다.',
        ),
        en: told(
          'A robot that may do anything',
          `The service account ${account} (namespace ${team}) only has to get, list and patch the ` +
            `Deployments of ${team}, yet it is cluster-admin. Leave it what it needs.`,
          [
            'kubectl get clusterrolebindings -o wide | grep cluster-admin',
            `Create a role and a role binding in ${team}, and delete the wide binding.`,
            `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          ],
          'Whoever gets into a pod can read the token of its account. Grant what it does, where it does ' +
            'it, and no more.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([namespaceOf(team)])
        cluster.settle()
        cluster.kubectl(`create serviceaccount ${account} -n ${team}`)
        cluster.kubectl(
          `create clusterrolebinding ${account} --clusterrole=cluster-admin ` +
            `--serviceaccount=${team}:${account}`,
        )
        cluster.apply([within(team, deployment('app', {}, { serviceAccountName: account }))])
        cluster.settle()
      },
      shows: { run: `kubectl auth can-i '*' '*' --as=${user}`, prints: /^yes/ },
      goals: [
        ...mayOnly(user, listed, 'revoked'),
        goal(
          `${account} may not even look outside of ${team}.`,
          `${account}는 ${team} 밖을 조회할 수도 없습니다.`,
          ({ cluster }) =>
            ['default', 'kube-system'].flatMap((namespace) =>
              cluster.kubectl(`auth can-i list deployments.apps -n ${namespace} --as=${user}`).exitCode === 0
                ? [namespace]
                : [],
            ),
        ),
        keepsTheRest({
          [`clusterrolebindings/${account}`]: gone,
          [`roles/${team}/*`]: gone,
          [`rolebindings/${team}/*`]: gone,
          'clusterroles/*': joined,
        }),
      ],
      solution: lines(
        `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
        `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
          `--serviceaccount=${team}:${account}`,
        `kubectl delete clusterrolebinding ${account}`,
      ),
      wrongRepairs: [
        `kubectl delete clusterrolebinding ${account}`,
        lines(
          `kubectl delete clusterrolebinding ${account}`,
          `kubectl create rolebinding ${account} -n ${team} --clusterrole=edit ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl delete clusterrolebinding ${account}`,
          `kubectl create rolebinding ${account} -n ${team} --clusterrole=cluster-admin ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl create role ${account} -n ${team} --verb=get,list,patch --resource=deployments.apps`,
          `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
            `--serviceaccount=${team}:${account}`,
        ),
        lines(
          `kubectl create role ${account} -n ${team} --verb=get,list,patch,delete ` +
            `--resource=deployments.apps`,
          `kubectl create rolebinding ${account} -n ${team} --role=${account} ` +
            `--serviceaccount=${team}:${account}`,
          `kubectl delete clusterrolebinding ${account}`,
        ),
        `kubectl delete serviceaccount ${account} -n ${team}`,
      ],
    }
  }),
  lesson('anonymous-access', 'easy', 4, (draw) => {
    const name = draw.one('monitoring', 'dashboard', 'health')
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '이름 없는 손님',
          '자격 증명 없이도 포드의 목록을 볼 수 있다는 신고가 들어왔습니다. 이름을 밝히지 않은 사람이 얻은 권한을 없애세요. 공개된 ' +
            '/version과 /healthz는 그대로 두세요.',
          [
            'kubectl get clusterrolebindings -o wide | grep -E "system:(anonymous|unauthenticated)"',
            'system:public-info-viewer는 원래 있는 것입니다.',
          ],
          '누군가 편하려고 system:unauthenticated에 롤을 연결했습니다. 401 대신 권한이 생기므로, 포트에 닿는 누구나 읽을 수 있었습니다.',
        ),
        en: told(
          'Guests without a name',
          'Somebody reports that the list of pods can be read without credentials. Take away what ' +
            'nameless callers have got. /version and /healthz are public and stay so.',
          [
            'kubectl get clusterrolebindings -o wide | grep -E "system:(anonymous|unauthenticated)"',
            'system:public-info-viewer has always been there.',
          ],
          'Somebody bound a role to system:unauthenticated for convenience. So whoever reached the port ' +
            'could read.',
        ),
      },
      start: ({ cluster }) => {
        cluster.kubectl(`create clusterrolebinding ${name} --clusterrole=view --group=system:unauthenticated`)
      },
      shows: {
        run: 'curl -sk -o /dev/null -w "%{http_code}\\n" https://10.0.0.10:6443/api/v1/pods',
        prints: /200/,
      },
      goals: [
        goal(
          'Nameless callers are refused everything that they were not always allowed.',
          '이름을 밝히지 않은 사람은 원래 허용되던 것 말고는 모두 거부됩니다.',
          ({ cluster }) =>
            [
              ['list', 'pods'],
              ['list', 'secrets'],
              ['get', 'configmaps'],
              ['list', 'services'],
              ['list', 'deployments.apps'],
            ].flatMap(([verb = '', resource = '']) =>
              cluster.can({ user: 'system:anonymous', groups: ['system:unauthenticated'] }, verb, resource, {
                namespace: 'default',
              }).allowed
                ? [`${verb} ${resource}`]
                : [],
            ),
        ),
        goal(
          '/version is still public.',
          '/version은 여전히 공개되어 있습니다.',
          async ({ master }) =>
            (await master.sh('curl -sk -o /dev/null -w "%{http_code}" https://10.0.0.10:6443/version'))
              .stdout === '200',
        ),
        keepsTheRest({ [`clusterrolebindings/${name}`]: gone }),
      ],
      solution: `kubectl delete clusterrolebinding ${name}`,
      wrongRepairs: [
        'kubectl delete clusterrolebinding system:public-info-viewer',
        lines(
          `kubectl delete clusterrolebinding ${name}`,
          'kubectl delete clusterrolebinding system:public-info-viewer',
        ),
        `kubectl create clusterrolebinding other --clusterrole=view --user=system:anonymous`,
        'kubectl delete clusterrole view',
        lines(
          `kubectl delete clusterrolebinding ${name}`,
          `kubectl create clusterrolebinding ${name} --clusterrole=edit --user=system:anonymous`,
        ),
      ],
    }
  }),
  lesson('always-allow', 'medium', 5, (draw) => {
    const user = draw.one('jane', 'ellen', 'dan')
    return {
      exams: ['cks', 'cka'],
      texts: {
        ko: told(
          '모두가 관리자인 클러스터',
          `권한을 받은 적이 없는 ${user}가 시크릿을 지울 수 있습니다. 롤과 바인딩은 모두 맞습니다.`,
          [
            `kubectl auth can-i delete secrets --as=${user}`,
            `grep authorization ${MANIFESTS}/kube-apiserver.yaml`,
            'kubeadm의 기본값은 Node,RBAC입니다. 고치면 apiserver가 몇 초 동안 자리를 비웁니다.',
          ],
          'authorization-mode가 AlwaysAllow라서 아무도 롤을 확인하지 않았습니다. 모드는 적힌 순서대로 묻고, 하나라도 허용하면 허용입니다.',
        ),
        en: told(
          'A cluster of administrators',
          `${user} has never been granted anything, and can delete Secrets. Roles and bindings are right.`,
          [
            `kubectl auth can-i delete secrets --as=${user}`,
            `grep authorization ${MANIFESTS}/kube-apiserver.yaml`,
            "kubeadm's default is Node,RBAC. After the change the apiserver is away for some seconds.",
          ],
          'With authorization-mode AlwaysAllow nobody looks at roles. Modes are asked in order, and one ' +
            'that allows is enough.',
        ),
      },
      start: ({ cluster, master }) =>
        master
          .sh(
            `sed -i 's#=Node,RBAC#=${draw.one('AlwaysAllow', 'Node,RBAC,AlwaysAllow')}#' ` +
              `${MANIFESTS}/kube-apiserver.yaml`,
          )
          .then(() => cluster.settle()),
      shows: { run: `kubectl auth can-i delete secrets --as=${user}`, prints: /^yes/ },
      goals: [
        goal(
          `${user} may do nothing.`,
          `${user}에게는 아무 권한도 없습니다.`,
          ({ cluster }) =>
            cluster.internals.until(() => cluster.apiserver.running, '2m') &&
            ['delete secrets', 'list pods', 'create pods', 'get nodes'].every(
              (what) => cluster.kubectl(`auth can-i ${what} --as=${user}`).exitCode !== 0,
            ),
        ),
        goal(
          'Administrators and kubelets still have their rights.',
          '관리자와 kubelet의 권한은 그대로입니다.',
          ({ cluster }) =>
            cluster.internals.until(() => cluster.apiserver.running, '2m') &&
            cluster.kubectl('get secrets -A').exitCode === 0 &&
            cluster.kubectl('auth can-i get nodes/node-1 --as=system:node:node-1 --as-group=system:nodes')
              .exitCode === 0,
        ),
        keepsTheRest(),
      ],
      solution: lines(
        `sed -i 's#authorization-mode=.*#authorization-mode=Node,RBAC#' ` +
          `${MANIFESTS}/kube-apiserver.yaml`,
        'sleep 10',
      ),
      wrongRepairs: [
        lines(
          `sed -i 's#authorization-mode=.*#authorization-mode=RBAC#' ${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 10',
        ),
        lines(
          `sed -i 's#authorization-mode=.*#authorization-mode=AlwaysDeny#' ` +
            `${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 10',
        ),
        lines(`sed -i '/authorization-mode/d' ${MANIFESTS}/kube-apiserver.yaml`, 'sleep 10'),
        'kubectl delete secrets --all',
        `rm ${MANIFESTS}/kube-apiserver.yaml`,
      ],
    }
  }),
  lesson('token-automount', 'easy', 4, (draw) => {
    const web = draw.app()
    return {
      exams: ['cks'],
      texts: {
        ko: told(
          '필요 없는 토큰',
          `${web}는 apiserver를 쓰지 않는데 모든 포드에 서비스 계정의 토큰이 들어 있습니다. ${web}의 포드에서만 없애 주세요.`,
          [
            `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
            '포드 템플릿의 automountServiceAccountToken',
          ],
          '쓰지 않는 토큰은 침입자에게 주는 선물입니다. 계정 전체가 아니라 포드 템플릿에서 끄면 다른 포드는 그대로입니다.',
        ),
        en: told(
          'A token that nobody needs',
          `${web} does not use the apiserver, yet each of its pods has a token of its service account. ` +
            `Take it from the pods of ${web} only.`,
          [
            `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
            'automountServiceAccountToken in the pod template',
          ],
          'A token that is not used is a present for intruders. Turned off in the pod template, other ' +
            'pods keep theirs.',
        ),
      },
      start: ({ cluster }) => {
        cluster.apply([deployment(web, {}), sleeper('operator')])
        cluster.settle()
      },
      shows: {
        run: `kubectl exec deployment/${web} -- ls /var/run/secrets/kubernetes.io/serviceaccount`,
        prints: /token/,
      },
      goals: [
        isUp(web),
        goal(
          `No pod of ${web} has a token.`,
          `${web}의 어느 포드에도 토큰이 없습니다.`,
          (desk) =>
            comesUp(desk, web, 2) &&
            podsOf(desk.cluster, web).every(({ spec }) =>
              (spec.volumes ?? []).every(
                ({ projected, secret }) =>
                  secret === undefined &&
                  projected?.sources?.every(
                    ({ serviceAccountToken }) => serviceAccountToken === undefined,
                  ) !== false,
              ),
            ),
        ),
        keepsTheRest({ [`deployments/${web}`]: changing('spec.template.spec.automountServiceAccountToken') }),
      ],
      solution: lines(
        patch(`deployment ${web}`, { spec: { template: { spec: { automountServiceAccountToken: false } } } }),
        'sleep 60',
      ),
      wrongRepairs: [
        lines(
          `kubectl patch serviceaccount default -p '{"automountServiceAccountToken":false}'`,
          `kubectl rollout restart deployment ${web}`,
          'sleep 60',
        ),
        lines(
          `kubectl create serviceaccount bare`,
          `kubectl set serviceaccount deployment ${web} bare`,
          'sleep 60',
        ),
        lines(`kubectl scale deployment ${web} --replicas=0`, 'sleep 60'),
        lines(
          patch(`deployment ${web}`, {
            spec: { template: { spec: { automountServiceAccountToken: true } } },
          }),
          'sleep 60',
        ),
        'kubectl delete serviceaccount default',
      ],
    }
  }),
]
