import { mayOnly } from '../rights.js'
import { gone, joined, keepsTheRest } from '../kept.js'
import { lesson, type LessonSource } from '../lesson.js'
import { lines } from '../shared.js'

/** Chapter 5: RBAC. */
export const rbacLessons: readonly LessonSource[] = [
  lesson('wrong-namespace', 'easy', 4, (draw) => {
    const jane = draw.one('jane', 'ellen', 'dan', 'kevin')
    const office = draw.one('office', 'finance', 'sales')
    return {
      exams: ['cka', 'cks'],
      texts: {
        ko: {
          title: '롤도 있고 바인딩도 있는데',
          symptom:
            `${jane}은 ${office} 네임스페이스의 포드를 볼 수 있어야 하는데 거절당합니다. 롤 reader와 바인딩 ${jane}은 분명히 만들었습니다. ` +
            '필요한 것보다 많이 주지는 마세요.',
          hints: [
            `kubectl get role,rolebinding --all-namespaces | grep -E "reader|${jane}"`,
            '롤과 롤바인딩은 자기 네임스페이스에서만 통합니다.',
            `${office}에 롤과 바인딩을 만드세요. 클러스터롤바인딩은 너무 많이 줍니다.`,
          ],
          explanation:
            `롤과 바인딩이 default에 만들어져 있었습니다. -n ${office}를 빠뜨린 것입니다. 같은 것을 ${office}에 만들면 됩니다. ` +
            '클러스터롤바인딩으로도 되지만 모든 네임스페이스를 보게 됩니다.',
        },
        en: {
          title: 'Forbidden despite a role and a binding',
          symptom:
            `${jane} should see the pods of the namespace ${office} and is refused, although the role ` +
            `reader ` +
            `and the binding ${jane} exist. ` +
            'Give her no more than she needs.',
          hints: [
            `kubectl get role,rolebinding --all-namespaces | grep -E "reader|${jane}"`,
            'Roles and role bindings hold in their own namespace only.',
            `Create role and binding in ${office}. A cluster role binding would give too much.`,
          ],
          explanation:
            `Role and binding were created in default: somebody forgot -n ${office}. Create both in ` +
            `${office}. A ClusterRoleBinding would ` +
            'also work, and show her every namespace.',
        },
      },
      start: ({ cluster }) => {
        cluster.kubectl(`create namespace ${office}`)
        cluster.kubectl('create role reader --verb=get,list --resource=pods')
        cluster.kubectl(`create rolebinding ${jane} --role=reader --user=${jane}`)
        cluster.settle()
      },
      shows: { run: `kubectl get pods -n ${office} --as=${jane}`, prints: /forbidden/ },
      goals: [
        ...mayOnly(jane, [
          { verb: 'list', resource: 'pods', namespace: office },
          { verb: 'get', resource: 'pods', namespace: office },
        ]),
        keepsTheRest({
          [`roles/${office}/*`]: gone,
          [`rolebindings/${office}/*`]: gone,
          'clusterroles/*': joined,
        }),
      ],
      solution: `kubectl create role reader -n ${office} --verb=get,list --resource=pods
kubectl create rolebinding ${jane} -n ${office} --role=reader --user=${jane}`,
      wrongRepairs: [
        `kubectl create clusterrolebinding ${jane} --clusterrole=view --user=${jane}`,
        `kubectl create clusterrolebinding ${jane} --clusterrole=cluster-admin --user=${jane}`,
        `kubectl create rolebinding ${jane} -n ${office} --clusterrole=edit --user=${jane}`,
        `kubectl create rolebinding ${jane} -n ${office} --clusterrole=view --user=${jane}`,
        `kubectl create rolebinding ${jane} -n ${office} --role=reader --user=${jane}`,
        `kubectl create rolebinding ${office} -n ${office} --clusterrole=admin --user=${jane}`,
        `kubectl delete namespace ${office}`,
        lines(
          `kubectl create role all -n ${office} --verb=* --resource=pods`,
          `kubectl create rolebinding ${jane} -n ${office} --role=all --user=${jane}`,
        ),
        lines(
          'kubectl create clusterrole reader --verb=get,list --resource=pods',
          `kubectl create clusterrolebinding ${jane} --clusterrole=reader --user=${jane}`,
        ),
      ],
    }
  }),
  lesson('missing-subresource', 'easy', 4, (draw) => {
    const web = draw.app()
    const jane = draw.one('jane', 'ellen', 'dan', 'kevin')
    return {
      exams: ['cka', 'cks'],
      texts: {
        ko: {
          title: '보이는데 읽을 수 없는 로그',
          symptom:
            `${jane}은 포드의 목록은 보는데 kubectl logs는 거절당합니다. 로그를 읽게 해 주세요. 포드를 지우거나 안에 들어갈(exec) 수는 ` +
            '없어야 합니다.',
          hints: [
            '오류 메시지의 resource가 무엇인지 끝까지 읽으세요.',
            '로그는 pods가 아니라 서브리소스입니다.',
            'pods/log에 get을 허용하는 규칙이 필요합니다.',
          ],
          explanation:
            '로그는 서브리소스 pods/log이고, pods를 허용해도 따라오지 않습니다. 동작에 *를 주면 되긴 하지만 지우는 것까지 허용합니다.',
        },
        en: {
          title: 'Pods are listed, logs are refused',
          symptom:
            `${jane} lists pods, but kubectl logs is refused. Let her read logs. She must not delete pods ` +
            'or enter them (exec).',
          hints: [
            'Read the resource in the error to its end.',
            'A log is not a pod but a subresource.',
            'A rule must allow get on pods/log.',
          ],
          explanation:
            'Logs are the subresource pods/log, which a rule about pods does not cover. The verb * on ' +
            'everything would work too, and ' +
            'would let her delete.',
        },
      },
      start: ({ cluster }) => {
        cluster.kubectl('create role reader --verb=get,list --resource=pods')
        cluster.kubectl(`create rolebinding ${jane} --role=reader --user=${jane}`)
        cluster.kubectl(`run ${web} --image=nginx`)
        cluster.settle()
      },
      shows: { run: `kubectl logs ${web} --as=${jane}`, prints: /cannot get resource "pods\/log"/ },
      goals: [
        ...mayOnly(jane, [
          { verb: 'list', resource: 'pods', namespace: 'default' },
          { verb: 'get', resource: 'pods/log', namespace: 'default' },
        ]),
        keepsTheRest({ 'roles/*': gone, 'rolebindings/*': gone, 'clusterroles/*': joined }),
      ],
      solution: `kubectl create role logs --verb=get --resource=pods/log
kubectl create rolebinding ${jane}-logs --role=logs --user=${jane}`,
      wrongRepairs: [
        `kubectl create rolebinding ${jane}-edit --clusterrole=edit --user=${jane}`,
        `kubectl create clusterrolebinding ${jane} --clusterrole=cluster-admin --user=${jane}`,
        lines(
          'kubectl create role all --verb=* --resource=pods,pods/log',
          `kubectl create rolebinding ${jane}-all --role=all --user=${jane}`,
        ),
        lines(
          'kubectl create clusterrole logs --verb=get --resource=pods/log',
          `kubectl create clusterrolebinding ${jane}-logs --clusterrole=logs --user=${jane}`,
        ),
        lines(
          'kubectl create role logs --verb=create --resource=pods/log',
          `kubectl create rolebinding ${jane}-logs --role=logs --user=${jane}`,
        ),
        `kubectl delete pod ${web}`,
        lines(
          'kubectl create role logs --verb=get,create --resource=pods/log,pods/exec',
          `kubectl create rolebinding ${jane}-logs --role=logs --user=${jane}`,
        ),
      ],
    }
  }),
]
