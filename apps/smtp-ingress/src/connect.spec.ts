import { connect, haveRoom } from './connect';

it('each kind of not now says which it is', () => {
  const well = {
    isStopping: () => false,
    directoryOf: (): number | undefined => Date.now(),
    maxDirectoryAgeMs: 1_000,
    hasDisk: () => true,
    hasMemory: () => true,
  };
  expect(() => (connect(well), haveRoom(well))).not.toThrow();
  const unwell = { isStopping: () => true, hasDisk: () => false, hasMemory: () => false };
  expect(() => connect({ ...well, isStopping: unwell.isStopping })).toThrow(/^421 4\.3\.2 We are stopping/);
  expect(() => connect({ ...well, directoryOf: () => undefined })).toThrow(/^421 4\.3\.2 We are starting/);
  expect(() => connect({ ...well, directoryOf: () => Date.now() - 2_000 })).toThrow(
    /^421 4\.3\.2 Our list of domains is too old/,
  );
  expect(() => haveRoom({ ...well, hasDisk: unwell.hasDisk })).toThrow(
    /^452 4\.3\.1 Our disk is nearly full/,
  );
  expect(() => haveRoom({ ...well, hasMemory: unwell.hasMemory })).toThrow(/^452 4\.3\.1 Too much mail/);
});
