namespace Fovea.Workbench;

/// <summary>The test part, measured when training was over: <c>measurements/test.json</c>.</summary>
/// <param name="Epoch">The epoch whose weights were measured, from 1.</param>
/// <param name="Part">What was measured.</param>
public sealed record MeasuredTest(int Epoch, MeasuredPart Part);
