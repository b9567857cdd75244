module slipway/lab/vm-app

go 1.19
