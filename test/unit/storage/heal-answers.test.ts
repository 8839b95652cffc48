import { describe, expect, it } from 'vitest';
import { parseHealInfo } from '../../../src/storage/gluster/heal-info.ts';
import { parseRemoval } from '../../../src/storage/gluster/removal.ts';

const answer = (body: string, head = '<opRet>0</opRet><opErrno>0</opErrno><opErrstr/>'): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cliOutput>${body}${head}</cliOutput>`;
const failure = (words: string): string =>
  `<opRet>-1</opRet><opErrno>30800</opErrno><opErrstr>${words}</opErrstr>`;

describe('the heal info', () => {
  it('is read brick by brick, those that are away too', () => {
    const output = answer(
      `<healInfo><bricks>
        <brick hostUuid="a"><name>10.0.0.1:/b</name><status>Connected</status><numberOfEntries>12</numberOfEntries></brick>
        <brick hostUuid="a"><name>10.0.0.2:/b</name><status>Connected</status>
          <file gfid="x">/a</file><numberOfEntries>1</numberOfEntries></brick>
        <brick hostUuid="-"><name>10.0.0.3:/b</name><status>Transport endpoint is not connected</status><numberOfEntries>-</numberOfEntries></brick>
      </bricks></healInfo>`,
    );
    expect(parseHealInfo(output)).toEqual([
      { name: '10.0.0.1:/b', isConnected: true, pendingEntries: 12 },
      { name: '10.0.0.2:/b', isConnected: true, pendingEntries: 1 },
      { name: '10.0.0.3:/b', isConnected: false, pendingEntries: null },
    ]);
  });

  it('that gluster refuses is an error with its words', () => {
    const output = answer(
      '<healInfo><bricks/></healInfo>',
      failure('Volume n is not of type replicate/disperse'),
    );
    expect(() => parseHealInfo(output)).toThrow('Volume n is not of type replicate/disperse');
  });

  it('in another form is a strange answer, never "nothing to heal"', () => {
    expect(() => parseHealInfo(answer('<healInfo/>'))).toThrow(
      expect.objectContaining({ code: 'node.strange_answer' }),
    );
    expect(() => parseHealInfo('Segmentation fault')).toThrow(
      expect.objectContaining({ code: 'node.strange_answer' }),
    );
  });
});

describe('how far a brick is emptied', () => {
  const status = (number: number, words: string, failures = 0): string =>
    answer(
      `<volRemoveBrick><aggregate><files>28</files><size>1</size><failures>${failures}</failures><skipped>1</skipped>
       <status>${number}</status><statusStr>${words}</statusStr></aggregate></volRemoveBrick>`,
    );

  it('is told in files, with what failed', () => {
    expect(parseRemoval(status(1, 'in progress'))).toMatchObject({ state: 'running', movedFiles: 28 });
    expect(parseRemoval(status(3, 'completed', 2))).toMatchObject({ state: 'completed', failures: 3 });
    expect(parseRemoval(status(4, 'failed'))).toMatchObject({ state: 'broken', words: 'failed' });
  });

  it('is "none" when no removal has begun, in each of the words that gluster has for it', () => {
    for (const words of ['remove-brick not started for volume n.', 'Incorrect brick h:/b for volume n'])
      expect(parseRemoval(answer('<volRemoveBrick/>', failure(words)))).toMatchObject({ state: 'none' });
  });
});
