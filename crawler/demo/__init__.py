"""The sample newspaper: a loopback HTTPS replica of baolamdong.vn, troubles and all."""
