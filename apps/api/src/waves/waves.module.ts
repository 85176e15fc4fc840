import { Module } from '@nestjs/common';
import { RedirectsModule } from '../redirects/redirects.module';
import { WavesController } from './waves.controller';
import { WavesService } from './waves.service';

@Module({ imports: [RedirectsModule], controllers: [WavesController], providers: [WavesService] })
export class WavesModule {}
