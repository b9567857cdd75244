module slipway/lab/app

go 1.24
