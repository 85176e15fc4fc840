import { Module } from '@nestjs/common';
import { StreamController } from './stream.controller';
import { TownCrier } from './town-crier';

@Module({ controllers: [StreamController], providers: [TownCrier] })
export class StreamModule {}
